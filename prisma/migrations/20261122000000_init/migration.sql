-- Goodturn's first schema. Tables of accounts carry the account in their key and tables of persons the
-- person, so that PostgreSQL can partition or distribute them. Instants are timestamptz(3), always UTC.

-- Ids ever accepted, as a 128-bit hash: outlives the events themselves, so that none counts twice.
CREATE TABLE "event_id" (
  "hash" UUID NOT NULL,
  CONSTRAINT "event_id_pkey" PRIMARY KEY ("hash")
);

-- account_id is '' until the event is bound to an account.
CREATE TABLE "event" (
  "account_id" TEXT NOT NULL DEFAULT '',
  "occurred_at" TIMESTAMPTZ(3) NOT NULL,
  "id" TEXT NOT NULL,
  "person_id" TEXT,
  "reported_person" TEXT,
  "own_account_id" TEXT,
  "source" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "received_at" TIMESTAMPTZ(3) NOT NULL,
  "batch" BIGINT NOT NULL,
  "imported" BOOLEAN NOT NULL DEFAULT false,
  "trust" TEXT NOT NULL DEFAULT 'server',
  "flags" TEXT,
  "properties" TEXT NOT NULL,
  CONSTRAINT "event_pkey" PRIMARY KEY ("account_id", "occurred_at", "id")
);
CREATE INDEX "event_person_id_occurred_at_idx" ON "event" ("person_id", "occurred_at");
CREATE SEQUENCE "event_batch_seq";

-- Which events ("Workflow Completed") and account traits ("trait:seats") have ever come: a signal that looks at
-- another one is most likely misspelt.
CREATE TABLE "seen_name" (
  "name" TEXT NOT NULL,
  CONSTRAINT "seen_name_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "account" (
  "id" TEXT NOT NULL,
  "name" TEXT,
  "owner_email" TEXT,
  "state" TEXT NOT NULL,
  "signals_hash" TEXT NOT NULL,
  "agenda" TEXT NOT NULL,
  "readiness" DOUBLE PRECISION NOT NULL DEFAULT 0,
  "evaluated_at" TIMESTAMPTZ(3),
  "wake_at" TIMESTAMPTZ(3),
  "refold" BOOLEAN NOT NULL DEFAULT false,
  "held_until" TIMESTAMPTZ(3),
  "hold_reason" TEXT,
  "hold_by" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "account_wake_at_idx" ON "account" ("wake_at");
CREATE INDEX "account_readiness_id_idx" ON "account" ("readiness", "id");
CREATE INDEX "account_signals_hash_idx" ON "account" ("signals_hash");

-- A pending person is known by an anonymous id or an address only.
CREATE TABLE "person" (
  "id" TEXT NOT NULL,
  "pending" BOOLEAN NOT NULL DEFAULT false,
  "email" TEXT,
  "traits" TEXT NOT NULL DEFAULT '{}',
  "bindings" TEXT NOT NULL DEFAULT '[]',
  "held_until" TIMESTAMPTZ(3),
  "hold_reason" TEXT,
  "hold_by" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "person_email_idx" ON "person" ("email");

-- 'anon:<id>' or 'email:<address>' to the person it turned out to be; the earliest tie counts.
CREATE TABLE "alias" (
  "alias" TEXT NOT NULL,
  "person_id" TEXT NOT NULL,
  "tied_at" TIMESTAMPTZ(3) NOT NULL,
  "event_id" TEXT NOT NULL,
  CONSTRAINT "alias_pkey" PRIMARY KEY ("alias")
);
CREATE INDEX "alias_person_id_idx" ON "alias" ("person_id");

CREATE TABLE "ask" (
  "account_id" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "trigger" TEXT NOT NULL,
  "cycle" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "channel" TEXT NOT NULL,
  "template" TEXT NOT NULL,
  "person_id" TEXT NOT NULL,
  "owner_email" TEXT,
  "status" TEXT NOT NULL,
  "status_reason" TEXT,
  "priority" INTEGER NOT NULL DEFAULT 50,
  "decided_at" TIMESTAMPTZ(3) NOT NULL,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "deadline_at" TIMESTAMPTZ(3),
  "latest_at" TIMESTAMPTZ(3),
  "expires_after" BIGINT NOT NULL,
  "expires_at" TIMESTAMPTZ(3),
  "opened_at" TIMESTAMPTZ(3),
  "delivered_at" TIMESTAMPTZ(3),
  "settled_at" TIMESTAMPTZ(3),
  "closed_at" TIMESTAMPTZ(3),
  "snoozed_until" TIMESTAMPTZ(3),
  "fallback_at" TIMESTAMPTZ(3),
  "fallback" TEXT,
  "again" TEXT NOT NULL,
  "readiness" DOUBLE PRECISION NOT NULL,
  "reasons" TEXT NOT NULL,
  "opening" TEXT,
  "content" TEXT,
  "catalog_hash" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "late" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "ask_pkey" PRIMARY KEY ("account_id", "id")
);
CREATE UNIQUE INDEX "ask_account_id_trigger_cycle_key" ON "ask" ("account_id", "trigger", "cycle");
CREATE INDEX "ask_id_idx" ON "ask" ("id");
CREATE INDEX "ask_person_id_idx" ON "ask" ("person_id", "status");
CREATE INDEX "ask_status_due_at_idx" ON "ask" ("status", "due_at");
CREATE INDEX "ask_trigger_decided_at_idx" ON "ask" ("trigger", "decided_at");
CREATE INDEX "ask_status_expires_at_idx" ON "ask" ("status", "expires_at");

CREATE TABLE "decision" (
  "account_id" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "trigger" TEXT NOT NULL,
  "cycle" TEXT NOT NULL,
  "verdict" TEXT NOT NULL,
  "shadow" BOOLEAN NOT NULL DEFAULT false,
  "person_id" TEXT,
  "readiness" DOUBLE PRECISION NOT NULL,
  "gates" TEXT NOT NULL,
  "catalog_hash" TEXT NOT NULL,
  CONSTRAINT "decision_pkey" PRIMARY KEY ("account_id", "at", "trigger", "cycle")
);
CREATE INDEX "decision_at_idx" ON "decision" ("at");

-- Every mail we meant to send: the body as rendered and what became of it.
CREATE TABLE "mail" (
  "id" TEXT NOT NULL,
  "account_id" TEXT NOT NULL DEFAULT '',
  "ask_id" TEXT,
  "purpose" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "status_reason" TEXT,
  "meant_for" TEXT NOT NULL,
  "message" TEXT NOT NULL,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "latest_at" TIMESTAMPTZ(3),
  "claimed_at" TIMESTAMPTZ(3),
  "settled_at" TIMESTAMPTZ(3),
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "mail_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "mail_status_due_at_idx" ON "mail" ("status", "due_at");
CREATE INDEX "mail_created_at_idx" ON "mail" ("created_at");

-- An advocate's one opaque link, per account they speak for.
CREATE TABLE "advocate_link" (
  "code" TEXT NOT NULL,
  "account_id" TEXT NOT NULL,
  "person_id" TEXT NOT NULL,
  "named" BOOLEAN NOT NULL DEFAULT false,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "advocate_link_pkey" PRIMARY KEY ("code")
);
CREATE UNIQUE INDEX "advocate_link_account_id_person_id_key" ON "advocate_link" ("account_id", "person_id");

-- company is what attribution goes by: an email domain, or an address where the domain is free mail.
CREATE TABLE "referral" (
  "account_id" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "person_id" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "company" TEXT NOT NULL,
  "company_name" TEXT,
  "email" TEXT NOT NULL,
  "name" TEXT,
  "role" TEXT,
  "note" TEXT,
  "stage" TEXT NOT NULL,
  "stages" TEXT NOT NULL DEFAULT '{}',
  "acv" DOUBLE PRECISION,
  "held" TEXT,
  "ask_id" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "referral_pkey" PRIMARY KEY ("account_id", "id")
);
CREATE INDEX "referral_id_idx" ON "referral" ("id");
CREATE INDEX "referral_company_idx" ON "referral" ("company");
CREATE INDEX "referral_person_id_idx" ON "referral" ("person_id");

-- Who clicked a link, one row per cookie and day.
CREATE TABLE "referral_click" (
  "code" TEXT NOT NULL,
  "day" DATE NOT NULL,
  "visitor" TEXT NOT NULL,
  CONSTRAINT "referral_click_pkey" PRIMARY KEY ("code", "day", "visitor")
);

-- By keyed hash of the address, so that it survives the person's erasure. scope: asks or all.
CREATE TABLE "suppression" (
  "address_hash" TEXT NOT NULL,
  "scope" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "suppression_pkey" PRIMARY KEY ("address_hash", "scope")
);

-- Messages refused one by one out of batches that were accepted.
CREATE TABLE "rejection" (
  "id" BIGSERIAL NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "source" TEXT NOT NULL,
  "message_id" TEXT,
  "reason" TEXT NOT NULL,
  "excerpt" TEXT NOT NULL,
  CONSTRAINT "rejection_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "rejection_at_idx" ON "rejection" ("at");

-- What goes out to analytics; a row is removed when its client has taken it.
CREATE TABLE "outgoing" (
  "id" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "outgoing_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "outgoing_created_at_idx" ON "outgoing" ("created_at");

-- SHA-256 of each key; the keys themselves are never stored.
CREATE TABLE "api_key" (
  "hash" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "last4" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "api_key_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "setting" (
  "key" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

CREATE TABLE "catalog_version" (
  "version" SERIAL NOT NULL,
  "hash" TEXT NOT NULL,
  "content" TEXT NOT NULL,
  "published_at" TIMESTAMPTZ(3) NOT NULL,
  "published_by" TEXT NOT NULL,
  "note" TEXT,
  CONSTRAINT "catalog_version_pkey" PRIMARY KEY ("version")
);

-- Triggers stopped by hand; '*' stops all.
CREATE TABLE "pause" (
  "trigger" TEXT NOT NULL,
  "until" TIMESTAMPTZ(3),
  "by" TEXT NOT NULL,
  "reason" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "pause_pkey" PRIMARY KEY ("trigger")
);

-- One run per job and slot, whichever replica gets here first.
CREATE TABLE "job_slot" (
  "job" TEXT NOT NULL,
  "slot" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "job_slot_pkey" PRIMARY KEY ("job", "slot")
);
