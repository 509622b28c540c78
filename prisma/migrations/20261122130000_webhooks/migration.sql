-- Who hears of asks, outcomes and referrals by a signed POST. The secret signs, so it is kept as it is.
CREATE TABLE "webhook" (
  "id" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  "secret" TEXT NOT NULL,
  "events" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "failing_since" TIMESTAMPTZ(3),
  "disabled_at" TIMESTAMPTZ(3),
  "disabled_because" TEXT,
  CONSTRAINT "webhook_pkey" PRIMARY KEY ("id")
);

-- One message to one of them; or, without a webhook, a note to the Slack address in url. status: due, sent, failed.
CREATE TABLE "webhook_delivery" (
  "id" TEXT NOT NULL,
  "webhook_id" TEXT,
  "url" TEXT,
  "body" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "answer" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "settled_at" TIMESTAMPTZ(3),
  CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "webhook_delivery_status_due_at_idx" ON "webhook_delivery" ("status", "due_at");
CREATE INDEX "webhook_delivery_webhook_id_created_at_idx" ON "webhook_delivery" ("webhook_id", "created_at");
CREATE INDEX "webhook_delivery_created_at_idx" ON "webhook_delivery" ("created_at");
