-- AlterEnum
ALTER TYPE "MeetingChangeReason" ADD VALUE 'PERSON_ERASED';

-- AlterTable
ALTER TABLE "Conversation" ADD COLUMN     "clearedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Person" ADD COLUMN     "erasedAt" TIMESTAMPTZ(3);
