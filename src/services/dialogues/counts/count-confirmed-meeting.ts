// A meeting that was booked in a dialogue and had to be confirmed by mail counts once it is confirmed.
import type { Meeting } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'

/** Has no effect on a meeting that no answer to a card has booked, nor on one that was counted. */
export async function countConfirmedMeeting(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { id }: Pick<Meeting, 'id'>,
): Promise<void> {
  // The same occurrence as `countBooked` has, whatever visit the visitor confirms it in.
  await database.$executeRaw`
    INSERT INTO "DialogueCount" ("workspaceId", "dialogueId", "kind", "visitorId", "sessionId", "occurrence", "at", "known")
    SELECT s."workspaceId", s."dialogueId", 'MEETING_BOOKED', v."id", coalesce(v."sessionId", s."id"),
      concat_ws(' ', s."id", answer->>'step', answer->>'cardKey'), ${clock.now()}::timestamptz, true
    FROM "MeetingRequest" r JOIN "Visitor" v ON v."id" = r."visitorId"
    JOIN "DialogueSession" s ON s."visitorId" = v."id"
    CROSS JOIN LATERAL jsonb_array_elements(s."answers") answer
    WHERE r."meetingId" = ${id}::uuid AND answer->>'bookedId' = r."id"::text AND NOT EXISTS (
      SELECT FROM "DialogueCount" c
      WHERE c."dialogueId" = s."dialogueId" AND c."kind" = 'MEETING_BOOKED' AND c."visitorId" = v."id"
        AND c."occurrence" = concat_ws(' ', s."id", answer->>'step', answer->>'cardKey')
    )
    ON CONFLICT DO NOTHING`
}
