-- AlterEnum
ALTER TYPE "MeetingChangeKind" ADD VALUE 'ATTENDEE_CHANGED';

-- CreateEnum
CREATE TYPE "InvitationRecipient" AS ENUM ('VISITOR', 'AGENT');

-- CreateTable
CREATE TABLE "MeetingInvitation" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "meetingId" UUID NOT NULL,
    "recipient" "InvitationRecipient" NOT NULL,
    "agentId" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "uid" TEXT,
    "organizer" TEXT NOT NULL,
    "ours" BOOLEAN NOT NULL DEFAULT true,
    "revision" INTEGER NOT NULL DEFAULT -1,
    "again" BOOLEAN NOT NULL DEFAULT false,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "mails" INTEGER NOT NULL DEFAULT 0,
    "mailedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "MeetingInvitation_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "MeetingInvitation_meetingId_recipient_idx" ON "MeetingInvitation"("meetingId", "recipient");

-- An address holds an invitation once.
CREATE UNIQUE INDEX "MeetingInvitation_standing" ON "MeetingInvitation"("meetingId", "recipient", "agentId", "address", coalesce("uid", ''))
  WHERE "endedAt" IS NULL AND "recipient" = 'AGENT';
CREATE UNIQUE INDEX "MeetingInvitation_standing_visitor" ON "MeetingInvitation"("meetingId", "address", coalesce("uid", ''))
  WHERE "endedAt" IS NULL AND "recipient" = 'VISITOR';

-- AddForeignKey
ALTER TABLE "MeetingInvitation" ADD CONSTRAINT "MeetingInvitation_workspaceId_meetingId_fkey" FOREIGN KEY ("workspaceId", "meetingId") REFERENCES "Meeting"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MeetingInvitation" ADD CONSTRAINT "MeetingInvitation_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the version before has mailed. Its invitations named the agent as their organizer, and still do.
INSERT INTO "MeetingInvitation" ("id", "workspaceId", "meetingId", "recipient", "agentId", "address", "uid", "organizer", "ours", "revision", "startsAt", "endsAt", "mails")
SELECT gen_random_uuid(), m."workspaceId", m."id", 'VISITOR', m."agentId", p."email", m."invitationUid", a."email", false, m."revision", m."startsAt", m."endsAt", 1
FROM "Meeting" m JOIN "Person" p ON p."id" = m."personId" JOIN "Agent" a ON a."id" = m."agentId"
WHERE m."status" <> 'CANCELLED' AND p."email" IS NOT NULL;

INSERT INTO "MeetingInvitation" ("id", "workspaceId", "meetingId", "recipient", "agentId", "address", "uid", "organizer", "ours", "revision", "startsAt", "endsAt", "mails")
SELECT gen_random_uuid(), m."workspaceId", m."id", 'AGENT', m."agentId", a."email",
  CASE WHEN c."provider" <> 'BUILT_IN' AND c."status" <> 'DISCONNECTED' THEN NULL ELSE coalesce(m."invitationUid", m."id"::text) END,
  a."email", false, m."revision", m."startsAt", m."endsAt", 1
FROM "Meeting" m JOIN "Agent" a ON a."id" = m."agentId" LEFT JOIN "CalendarConnection" c ON c."agentId" = m."agentId"
WHERE m."status" <> 'CANCELLED';
