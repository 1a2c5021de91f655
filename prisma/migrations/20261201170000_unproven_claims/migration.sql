-- AlterTable
ALTER TABLE "Person" ADD COLUMN     "claimantId" UUID;

-- AlterTable
ALTER TABLE "Meeting" ADD COLUMN     "claimed" JSONB;

-- Written by hand from here on.

-- Nobody has to claim what is vouched for.
ALTER TABLE "Meeting" ADD CONSTRAINT "Meeting_claimed" CHECK (NOT "verified" OR "claimed" IS NULL);

-- An anonymous person is what its only visitor says.
UPDATE "Person" p SET "claimantId" = v."id" FROM "Visitor" v WHERE v."personId" = p."id" AND p."email" IS NULL;
