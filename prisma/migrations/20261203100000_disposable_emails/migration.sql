-- AlterTable
ALTER TABLE "Workspace" ADD COLUMN     "blocksDisposableEmails" BOOLEAN NOT NULL DEFAULT false;
