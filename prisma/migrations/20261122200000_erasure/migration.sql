-- Who was erased, by keyed hash of each id they were known by: what is reported of them later is dropped on arrival.
CREATE TABLE "erasure" (
  "identity_hash" TEXT NOT NULL,
  "erased_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "erasure_pkey" PRIMARY KEY ("identity_hash")
);
