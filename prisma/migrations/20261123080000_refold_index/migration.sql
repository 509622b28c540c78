-- Looked for every minute through all accounts until now; those that wait are few, and usually none.
CREATE INDEX "account_refold_idx" ON "account" ("id") WHERE "refold";
