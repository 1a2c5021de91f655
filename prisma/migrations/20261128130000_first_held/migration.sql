-- When a hold was first taken. Nodes of the version before do not write it, so it stays optional.
ALTER TABLE "Reservation" ADD COLUMN "heldAt" TIMESTAMPTZ(3);
UPDATE "Reservation" SET "heldAt" = "expiresAt" - interval '5 minutes' WHERE "expiresAt" IS NOT NULL;
