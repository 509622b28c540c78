-- Large texts are compressed where the server knows lz4: that takes a fraction of the time that writing them beside
-- the row took, and of the log. An account's row then stays whole in its page up to 3,000 bytes. Elsewhere (PGlite)
-- they stay uncompressed beside the row, as before: PostgreSQL's own compression takes several times as long.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
    RETURN;
  END IF;
  ALTER TABLE "account"
    ALTER COLUMN "state" SET STORAGE EXTENDED, ALTER COLUMN "state" SET COMPRESSION lz4,
    ALTER COLUMN "agenda" SET STORAGE EXTENDED, ALTER COLUMN "agenda" SET COMPRESSION lz4;
  ALTER TABLE "account" SET (toast_tuple_target = 3000);
  ALTER TABLE "decision" ALTER COLUMN "gates" SET STORAGE EXTENDED, ALTER COLUMN "gates" SET COMPRESSION lz4;
END $$;
