-- AlterTable
ALTER TABLE "Workspace" ADD COLUMN     "reofferAfterSeconds" INTEGER NOT NULL DEFAULT 60;

-- Written by hand from here on.

ALTER TABLE "Workspace" ADD CONSTRAINT "Workspace_reoffer_after" CHECK ("reofferAfterSeconds" BETWEEN 0 AND 3600);
