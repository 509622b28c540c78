-- Looked through whole until now: whose links a visitor takes along when they sign in, the emails of the last hour and
-- the drafts of the last day before each delivery, and clicks that are too old.
CREATE INDEX "advocate_link_person_id_idx" ON "advocate_link" ("person_id");
CREATE INDEX "ask_delivered_at_idx" ON "ask" ("delivered_at");
CREATE INDEX "ask_opened_at_idx" ON "ask" ("opened_at");
CREATE INDEX "referral_click_day_idx" ON "referral_click" ("day");
