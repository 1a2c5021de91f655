-- AlterTable
ALTER TABLE "CalendarConnection" ADD COLUMN     "invitesFrom" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Meeting" ADD COLUMN     "invitationUid" TEXT;

-- Our mails go on inviting to the meetings that they have invited to.
UPDATE "Meeting" m SET "invitationUid" = coalesce((
  SELECT e."iCalUid" FROM "CalendarEntry" e WHERE e."meetingId" = m."id" AND e."agentId" = m."agentId"
), m."id"::text)
WHERE NOT EXISTS (
  SELECT FROM "CalendarConnection" c
  WHERE c."agentId" = m."agentId" AND c."provider" <> 'BUILT_IN' AND c."status" <> 'DISCONNECTED'
) OR EXISTS (
  SELECT FROM "CalendarEntry" e WHERE e."meetingId" = m."id" AND e."agentId" = m."agentId" AND NOT e."invites"
);

UPDATE "CalendarEntry" SET "iCalUid" = NULL WHERE "iCalUid" = "meetingId"::text;
