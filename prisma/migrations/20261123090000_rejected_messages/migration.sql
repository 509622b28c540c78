-- One rejection may stand for many messages: those past the most that a batch may have.
ALTER TABLE "rejection" ADD COLUMN "messages" INTEGER NOT NULL DEFAULT 1;
