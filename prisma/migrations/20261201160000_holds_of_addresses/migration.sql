-- AlterTable
ALTER TABLE "Reservation" ADD COLUMN     "holderAddress" TEXT;

-- Written by hand from here on.

-- Holds of visitors only, which are few.
CREATE INDEX "Reservation_holderAddress" ON "Reservation" ("holderAddress") WHERE "holderAddress" IS NOT NULL;
