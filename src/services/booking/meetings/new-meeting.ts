// What a booking knows once its time was found free under the lock of the agent's calendar.
import type { z } from 'zod'
import type { Reservation } from '../../../database/generated/client/client.ts'
import type { MeetingConfirmation } from '../../../database/generated/client/enums.ts'
import type { Transaction } from '../../../database/open.ts'
import type { SignedInViewer } from '../../identity/viewer.ts'
import { type Invitation, toInvitation } from '../../invitations/invitation.ts'
import type { Identified } from '../../people/identify-person.ts'
import type { Blocklist } from '../../people/is-blocked.ts'
import type { personInput } from '../../people/person-input.ts'
import type { RoutingTarget } from '../../routing/pool.ts'
import type { DroppedHold, HeldPurpose } from '../reservations/reserve.ts'
import type { LockedChats } from './lock-booked-chat.ts'
import { countingUnconfirmed } from './unconfirmed-meetings.ts'

/** The caller's parsed input about the meeting. */
export interface BookingDetails {
  /** The visitor's IANA zone. */
  timeZone: string
  person?: z.output<typeof personInput> | null | undefined
  agenda?: string | null | undefined
  pageUrl?: string | null | undefined
  /** Whether a card of a dialogue books it; left out: no. */
  isInDialogue?: boolean
  /** When a booking was made that is confirmed now; left out: it is made now. */
  askedAt?: Date
}

/** The time for a new meeting. Its calendar is locked. */
export interface BookedTime
  extends Pick<Reservation, 'workspaceId' | 'agentId' | 'startsAt' | 'endsAt' | 'decisionId'> {
  /** The pool from which the agent was chosen; null: the pool of the decision. */
  routedBy: string | null
  /** Whether the booking takes the agent's turn; false for a hold, which took it before. */
  tookTurn: boolean
  /** Writes the reservation. Called once the meeting exists.
   * @returns see `makeRoom` */
  keep(meetingId: string): Promise<DroppedHold[]>
}

/** The time for a booking that may have to be confirmed first. */
export interface ReservableTime extends BookedTime {
  /** Whose turn the meeting takes; null: a hold took it before. */
  target: RoutingTarget | null
  /** Reserves the time in place of `keep`.
   * @returns see `makeRoom` */
  reserve(reserving: HeldPurpose): Promise<DroppedHold[]>
}

export interface NewMeeting {
  tx: Transaction
  viewer: SignedInViewer
  identified: Identified
  time: BookedTime
  details: BookingDetails
  chats: LockedChats
  now: Date
}

/** With what was read of the agent, the workspace and the person. */
export interface ChosenMeeting extends NewMeeting {
  choice: Choice
  /** Whether the visitor has confirmed it by mail just now. */
  isConfirmed?: boolean
}

export interface Choice extends Blocklist {
  agent: { name: string; email: string }
  invitation: Invitation
  /** Whether the agent has an external calendar, which invites the visitor itself. */
  calendarInvites: boolean
  /** The pool from which the agent was chosen. */
  routedBy: string
  /** See `countingUnconfirmed`. */
  unconfirmed: number
  /** What the workspace asks of unverified visitors. */
  confirmation: MeetingConfirmation
}

interface ChoiceRow extends Blocklist {
  name: string
  email: string
  subject: string | null
  body: string | null
  includeConferenceLink: boolean | null
  calendarInvites: boolean
  routedBy: string
  unconfirmed: number
  confirmation: MeetingConfirmation
}

export async function readChoice(
  tx: Transaction,
  { time, identified: { person }, now }: Pick<NewMeeting, 'time' | 'identified' | 'now'>,
): Promise<Choice> {
  const { agentId, decisionId, routedBy: known } = time
  const [row] = await tx.$queryRaw<ChoiceRow[]>`
    SELECT a."name", a."email", i."subject", i."body", i."includeConferenceLink",
      w."blockedEmailDomains" AS "blockedEmails", w."blocksDisposableEmails",
      w."meetingConfirmation" AS "confirmation",
      c."provider" <> 'BUILT_IN' AS "calendarInvites", coalesce(${known}::text, d."pool", 'Agent') AS "routedBy",
      (${countingUnconfirmed(person, now)}) AS "unconfirmed"
    FROM "Agent" a JOIN "CalendarConnection" c ON c."agentId" = a."id"
    JOIN "Workspace" w ON w."id" = a."workspaceId"
    LEFT JOIN "InvitationTemplate" i ON i."agentId" = a."id"
    LEFT JOIN "RoutingDecision" d ON d."id" = ${decisionId}::uuid
    WHERE a."id" = ${agentId}::uuid`
  if (row === undefined) throw new Error(`There is no agent ${agentId}.`)
  const { name, email, subject, body, includeConferenceLink, ...rest } = row
  const invitation = toInvitation({ subject, body, includeConferenceLink })
  return { agent: { name, email }, invitation, ...rest }
}
