-- Most events only say that somebody known was there again. What that changes of an account's state stands here until
-- the state is next written, so that a few bytes are stored for it and not all of the state.
ALTER TABLE "account" ADD COLUMN "seen" TEXT;
ALTER TABLE "account" ALTER COLUMN "seen" SET STORAGE MAIN;

-- Large texts are kept beside the row as they are: compressing them took longer than all else about writing an
-- account, and a row that leaves its state as it was need not move it.
ALTER TABLE "account" ALTER COLUMN "state" SET STORAGE EXTERNAL;
ALTER TABLE "account" ALTER COLUMN "agenda" SET STORAGE EXTERNAL;
ALTER TABLE "decision" ALTER COLUMN "gates" SET STORAGE EXTERNAL;
-- Room in each page for the next version of its rows: one that stays in its page needs no new index entries.
ALTER TABLE "account" SET (fillfactor = 70);

-- Ids are compared byte by byte, as the engine does; by the rules of a language it takes several times as long.
ALTER TABLE "event"
  ALTER COLUMN "account_id" TYPE TEXT COLLATE "C",
  ALTER COLUMN "id" TYPE TEXT COLLATE "C",
  ALTER COLUMN "person_id" TYPE TEXT COLLATE "C";
ALTER TABLE "account" ALTER COLUMN "id" TYPE TEXT COLLATE "C";
ALTER TABLE "person" ALTER COLUMN "id" TYPE TEXT COLLATE "C";
ALTER TABLE "alias" ALTER COLUMN "alias" TYPE TEXT COLLATE "C", ALTER COLUMN "event_id" TYPE TEXT COLLATE "C";

-- The few people on hold are looked up before each decision.
CREATE INDEX "person_held_until_idx" ON "person" ("held_until");
