// Writes an answer with everything that follows from it: what is said of the person, the session, the conversation with
// its messages, what counts, and the events.
import { v7 as uuidv7 } from 'uuid'
import { type DialogueSession, Prisma } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import type { Transaction } from '../../../database/open.ts'
import { networkKeyOf } from '../../budgets/client-key.ts'
import { lockChatsOfVisitor } from '../../chat/request/request-in-dialogue.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent, participantsUpdated } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { runTransaction } from '../../transaction.ts'
import { countBooked, countCard, countOnce, type NewCount } from '../counts/counting.ts'
import { beginLiveChat } from './begin-live-chat.ts'
import {
  beginningDialogueChat,
  type ChatMessage,
  continuingDialogueChat,
  insertingMessages,
  toMessages,
} from './chat-messages.ts'
import { linkBooking } from './link-booking.ts'
import { isEmail, leadsToAgent, type PlannedAnswer } from './plan-answer.ts'
import type { Program } from './program.ts'
import { type SaidInDialogue, sayInDialogue } from './say-in-dialogue.ts'
import type { SessionFacts } from './session-facts.ts'
import type { GivenAnswer, StoredAnswer } from './session-rules.ts'
import { countsOfWalk, writeSession } from './show-session.ts'
import { readTranscript } from './transcript.ts'
import { OutdatedError } from './until-written.ts'

interface Writing {
  /** The answer is for the card that waits. */
  facts: SessionFacts
  program: Program
  answer: GivenAnswer
  planned: PlannedAnswer
  /** By whose choice the answer has booked, as a hash; null: it has not. */
  bookedBy: string | null
  now: Date
}

/** @returns the session afterwards
 * @throws OutdatedError when the session or the visitor has changed since it was read
 * @throws UnauthenticatedError when the visit is over */
export async function writeAnswer(context: RequestContext, writing: Writing): Promise<DialogueSession> {
  const { facts, planned, now } = writing
  const { actor } = facts
  const written = await runTransaction(context, async (tx) => {
    const said = await sayInDialogue(tx, { actor, sayings: planned.sayings, now })
    if (leadsToAgent(planned.walked)) await lockChatsOfVisitor(tx, { ...facts.session, ...actor })
    const messages = messagesOf(writing)
    const session = await write(tx, writing, { said, messages, clientNetwork: networkKeyOf(context) })
    const conversationId = session?.conversationId
    if (!session || !conversationId) throw new OutdatedError()
    const goesOnIn = await finish(context, { tx, writing, said, messages, conversationId })
    return { ...session, conversationId: goesOnIn }
  })
  const { booking } = planned
  if (booking !== null && facts.session.conversationId === null) {
    await linkBooking(context.database, { ...booking, conversationId: written.conversationId })
  }
  return written
}

/** Everything, if the conversation is yet to begin. */
function messagesOf({ facts: { actor, session }, answer, planned }: Writing): ChatMessage[] {
  const before = session.conversationId === null ? readTranscript(session.transcript) : []
  const { clientKey } = answer
  return toMessages([...before, ...planned.entries], { sender: `visitor:${actor.visitorId}`, clientKey })
}

interface Means {
  said: SaidInDialogue
  messages: ChatMessage[]
  clientNetwork: string | null
}

/** @returns null when the session has changed since it was read */
function write(tx: Transaction, writing: Writing, means: Means): Promise<DialogueSession | null> {
  const { facts, program, planned, now } = writing
  const { actor, session } = facts
  const { dialogueId } = session
  const isCompleted = planned.walked.isCompleted && program.definition.kind === 'DIALOGUE'
  return writeSession(tx, {
    actor,
    dialogueId,
    before: Prisma.sql`${chatOf(tx, writing, means)},`,
    session: takingAnswer(tx, writing, means),
    after: Prisma.sql`${insertingMessages({ ...actor, ...means })},`,
    counts: countsOf(writing),
    isCompletedFor: isCompleted ? dialogueId : null,
    now,
  })
}

function chatOf(tx: Transaction, { facts, planned, now }: Writing, means: Means): Prisma.Sql {
  const { actor, session } = facts
  const { workspaceId, visitorId } = actor
  const { dialogueId, pageUrl, conversationId } = session
  const { messages, clientNetwork, said } = means
  const goesOn = planned.walked.pending !== null || leadsToAgent(planned.walked)
  const chat = {
    id: conversationId ?? uuidv7(),
    state: goesOn ? 'AUTOMATED' : 'ENDED',
    messages,
    now,
  } as const
  if (conversationId === null) {
    const { personId, verified, claimed } = said
    const who = { workspaceId, visitorId, personId, verified, claimed }
    return beginningDialogueChat({ ...chat, ...who, dialogueId, pageUrl, clientNetwork })
  }
  noteLocks(tx, 'conversation', [conversationId])
  return continuingDialogueChat(chat)
}

/** Takes the next step if it was not taken meanwhile, as a CTE without its name, which depends on `visitor` and
 * `conversation`. */
function takingAnswer(
  tx: Transaction,
  { facts, answer, planned, bookedBy, now }: Writing,
  { said }: Means,
): Prisma.Sql {
  const { session } = facts
  const { pending, isCompleted } = planned.walked
  const stored: StoredAnswer = { ...answer, at: now.toISOString(), ...bookedIn(planned, bookedBy) }
  const at = Prisma.sql`${now}::timestamptz`
  const never = Prisma.sql`NULL::timestamptz`
  noteLocks(tx, 'dialogue session', [session.id])
  return Prisma.sql`
    UPDATE "DialogueSession" s SET "step" = s."step" + 1, "pendingCard" = ${pending}::text,
      "transcript" = s."transcript" || ${JSON.stringify(planned.entries)}::jsonb,
      "answers" = s."answers" || ${JSON.stringify([stored])}::jsonb, "personId" = ${said.personId}::uuid,
      "seenAt" = greatest(s."seenAt", ${at}), "engagedAt" = coalesce(s."engagedAt", ${at}),
      "completedAt" = ${isCompleted ? at : never}, "endedAt" = ${pending === null ? at : never},
      "conversationId" = conversation."id"
    FROM visitor, conversation
    WHERE s."id" = ${session.id}::uuid AND s."step" = ${session.step}::int AND s."pendingCard" = ${session.pendingCard}::text
      AND s."versionId" = ${session.versionId}::uuid AND s."endedAt" IS NULL AND ${isAsShown(session)}
      AND (s."bookedStep" IS NOT DISTINCT FROM s."step") = ${planned.booking !== null}::boolean
      AND NOT EXISTS (SELECT FROM "Dialogue" d WHERE d."id" = s."dialogueId" AND d."deletedAt" IS NOT NULL)
    RETURNING s.*`
}

const bookedIn = ({ booking }: PlannedAnswer, bookedBy: string | null) =>
  booking === null || bookedBy === null ? {} : { bookedId: booking.id, bookedBy }

/** Until it is answered, a session is shown again with each page view. */
function isAsShown({ step, transcript }: SessionFacts['session']): Prisma.Sql {
  return step > 0 ? Prisma.sql`true` : Prisma.sql`s."transcript" = ${JSON.stringify(transcript)}::jsonb`
}

function countsOf({ facts: { actor, session }, answer, planned }: Writing): NewCount[] {
  const { walked, booking, sayings } = planned
  const isAcquired =
    booking === null ? actor.person.email === null && sayings.some(isEmail) : session.bookedAsNew
  return [
    countCard('CARD_ANSWERED', answer.cardKey),
    ...(session.engagedAt === null ? [countOnce('ENGAGED')] : []),
    ...(isAcquired ? [countOnce('PERSON_ACQUIRED')] : []),
    ...(booking === null || booking.isUnconfirmed ? [] : [countBooked(session.id, answer)]),
    ...countsOfWalk(walked, { dialogueSessionId: session.id, step: session.step + 1 }),
  ]
}

/** Lets a live chat begin, and appends the events: the last of the transaction.
 * @returns the id of the conversation in which it goes on */
async function finish(
  context: RequestContext,
  given: {
    tx: Transaction
    writing: Writing
    said: SaidInDialogue
    messages: ChatMessage[]
    conversationId: string
  },
): Promise<string> {
  const { tx, writing, said, messages, conversationId } = given
  const { facts, planned, now } = writing
  const { workspaceId, visitorId } = facts.actor
  const chat = { id: conversationId, agentId: null }
  const isNew = facts.session.conversationId === null
  // Nobody can have subscribed to a conversation that is new.
  const news = isNew ? [] : messages.map((message) => newEvent.messageSent(message, chat))
  const events = [...said.events, ...news]
  const liveChat = planned.walked.effects.find((effect) => effect.kind === 'LIVE_CHAT')
  if (liveChat) {
    const { routing: target } = liveChat.card
    const text = planned.entries[0]?.text ?? ''
    return beginLiveChat(context, {
      ...{ tx, visitorId, sessionId: facts.session.id, conversationId },
      ...{ target, answer: text, precedingEvents: events, now },
    })
  }
  const all = isNew ? events : [...events, participantsUpdated(chat)]
  if (all.length > 0) await appendEvents(tx, { workspaceId, at: now, events: all })
  return conversationId
}
