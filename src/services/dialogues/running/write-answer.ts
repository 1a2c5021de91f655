// Writes an answer with everything that follows from it: what is said of the person, the session, the conversation with
// its messages, what counts, and the events.
import { v7 as uuidv7 } from 'uuid'
import { type DialogueSession, Prisma } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import type { Transaction } from '../../../database/open.ts'
import { networkKeyOf } from '../../budgets/client-key.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent, participantsUpdated } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { runTransaction } from '../../transaction.ts'
import { countCard, countOnce, type NewCount } from '../counts/counting.ts'
import { beginLiveChat } from './begin-live-chat.ts'
import {
  beginningDialogueChat,
  type ChatMessage,
  continuingDialogueChat,
  toMessages,
} from './chat-messages.ts'
import { isEmail, type PlannedAnswer } from './plan-answer.ts'
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
  now: Date
}

/** @returns the session afterwards
 * @throws OutdatedError when the session or the visitor has changed since it was read
 * @throws UnauthenticatedError when the visit is over */
export function writeAnswer(context: RequestContext, writing: Writing): Promise<DialogueSession> {
  const { facts, planned, now } = writing
  const { actor } = facts
  return runTransaction(context, async (tx) => {
    const said = await sayInDialogue(tx, { actor, sayings: planned.sayings, now })
    const messages = messagesOf(writing)
    const session = await write(tx, writing, { said, messages, clientNetwork: networkKeyOf(context) })
    const conversationId = session?.conversationId
    if (!session || !conversationId) throw new OutdatedError()
    await finish(context, { tx, writing, said, messages, conversationId })
    return session
  })
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
  const goesOn = planned.walked.pending !== null || leadsToAgent(planned)
  const chat = {
    id: conversationId ?? uuidv7(),
    workspaceId,
    state: goesOn ? 'AUTOMATED' : 'ENDED',
    messages,
    now,
  } as const
  if (conversationId === null) {
    const { personId, verified, claimed } = said
    const who = { visitorId, personId, verified, claimed }
    return beginningDialogueChat({ ...chat, ...who, dialogueId, pageUrl, clientNetwork })
  }
  noteLocks(tx, 'conversation', [conversationId])
  return continuingDialogueChat(chat)
}

const leadsToAgent = ({ walked }: PlannedAnswer) => walked.effects.some(({ kind }) => kind === 'LIVE_CHAT')

/** Takes the next step if it was not taken meanwhile, as a CTE without its name, which depends on `visitor` and
 * `conversation`. */
function takingAnswer(
  tx: Transaction,
  { facts, answer, planned, now }: Writing,
  { said }: Means,
): Prisma.Sql {
  const { session } = facts
  const { pending, isCompleted } = planned.walked
  const stored: StoredAnswer = { ...answer, at: now.toISOString() }
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
      AND NOT EXISTS (SELECT FROM "Dialogue" d WHERE d."id" = s."dialogueId" AND d."deletedAt" IS NOT NULL)
    RETURNING s.*`
}

/** Until it is answered, a session is shown again with each page view. */
function isAsShown({ step, transcript }: SessionFacts['session']): Prisma.Sql {
  return step > 0 ? Prisma.sql`true` : Prisma.sql`s."transcript" = ${JSON.stringify(transcript)}::jsonb`
}

function countsOf({ facts: { actor, session }, answer, planned }: Writing): NewCount[] {
  const isAcquired = actor.person.email === null && planned.sayings.some(isEmail)
  return [
    countCard('CARD_ANSWERED', answer.cardKey),
    ...(session.engagedAt === null ? [countOnce('ENGAGED')] : []),
    ...(isAcquired ? [countOnce('PERSON_ACQUIRED')] : []),
    ...countsOfWalk(planned.walked, { dialogueSessionId: session.id, step: session.step + 1 }),
  ]
}

/** Lets a live chat begin, and appends the events: the last of the transaction. */
async function finish(
  context: RequestContext,
  given: {
    tx: Transaction
    writing: Writing
    said: SaidInDialogue
    messages: ChatMessage[]
    conversationId: string
  },
): Promise<void> {
  const { tx, writing, said, messages, conversationId } = given
  const { facts, planned, now } = writing
  const { workspaceId } = facts.actor
  const chat = { id: conversationId, agentId: null }
  const isNew = facts.session.conversationId === null
  // Nobody can have subscribed to a conversation that is new.
  const news = isNew ? [] : messages.map((message) => newEvent.messageSent(message, chat))
  const events = [...said.events, ...news]
  const liveChat = planned.walked.effects.find((effect) => effect.kind === 'LIVE_CHAT')
  if (liveChat) {
    const { card } = liveChat
    return beginLiveChat(context, { tx, workspaceId, conversationId, card, precedingEvents: events, now })
  }
  const all = isNew ? events : [...events, participantsUpdated(chat)]
  if (all.length > 0) await appendEvents(tx, { workspaceId, at: now, events: all })
}
