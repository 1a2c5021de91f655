-- AlterTable
ALTER TABLE "Meeting" ADD COLUMN     "clearedAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "SweepPlace" (
    "rule" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3),
    "rowId" UUID,

    CONSTRAINT "SweepPlace_pkey" PRIMARY KEY ("rule")
);

-- CreateIndex
CREATE INDEX "RoutingDecision_decidedAt_id_idx" ON "RoutingDecision"("decidedAt", "id");

-- CreateIndex
CREATE INDEX "Visitor_createdAt_id_idx" ON "Visitor"("createdAt", "id");

-- What the sweep looks through, in the order of age.
CREATE INDEX "Person_anonymous" ON "Person" ("createdAt", "id") WHERE "email" IS NULL;
CREATE INDEX "Conversation_over" ON "Conversation" ("endedAt", "id") WHERE "endedAt" IS NOT NULL;
CREATE INDEX "Meeting_not_cleared" ON "Meeting" ("endsAt", "id") WHERE "clearedAt" IS NULL;
CREATE INDEX "Reservation_expiresAt" ON "Reservation" ("expiresAt") WHERE "expiresAt" IS NOT NULL;
