-- What stays of events that were purged. An account is folded anew from its snapshot on: what its purged events
-- folded to, with a mark of each signal as it was then.
CREATE TABLE "account_snapshot" (
  "account_id" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "signals" TEXT NOT NULL,
  "events" BIGINT NOT NULL,
  "purged_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "account_snapshot_pkey" PRIMARY KEY ("account_id")
);

-- The memberships that purged events began and ended; those that only said again where their person was are left out.
CREATE TABLE "past_membership" (
  "person_id" TEXT NOT NULL,
  "occurred_at" TIMESTAMPTZ(3) NOT NULL,
  "id" TEXT NOT NULL,
  "reported_person" TEXT,
  "account_id" TEXT NOT NULL,
  "ends" BOOLEAN NOT NULL,
  CONSTRAINT "past_membership_pkey" PRIMARY KEY ("person_id", "occurred_at", "id")
);

-- In whose snapshots somebody is known by an alias, so that those are folded anew when it is known who that was.
CREATE TABLE "past_alias" (
  "alias" TEXT NOT NULL,
  "account_id" TEXT NOT NULL,
  CONSTRAINT "past_alias_pkey" PRIMARY KEY ("alias", "account_id")
);
