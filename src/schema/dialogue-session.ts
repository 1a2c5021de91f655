// Dialogues as visitors see them. A client shows `transcript`, then the card in `pending` with its text and its input, and
// sends the visitor's answer with `answerCard`.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { visibleMeetings } from '../services/booking/meetings/visible-meetings.ts'
import type { TextRun } from '../services/dialogues/definition/rich-text.ts'
import { MAX_ANSWER_LENGTH } from '../services/dialogues/running/answer-input.ts'
import { SESSION_LASTS_MS } from '../services/dialogues/running/session-rules.ts'
import {
  programOf,
  type ShownCard,
  shownCard,
  shownTranscript,
  triggerOf,
} from '../services/dialogues/running/shown-card.ts'
import { runsOf, type TranscriptEntry } from '../services/dialogues/running/transcript.ts'
import type { RoutingTarget } from '../services/routing/pool.ts'
import { formatDuration } from '../services/wording.ts'
import { AttributeTypeRef } from './attribute-enums.ts'
import { builder } from './builder.ts'
import { AuthorRef } from './chat-enums.ts'
import { ConversationRef } from './conversation.ts'
import { DialogueTriggerRef } from './dialogue-trigger.ts'
import { MeetingRef } from './meeting.ts'
import { GLOBAL_ID, MORE_VALUES } from './texts.ts'

const TextRunRef = builder.objectRef<TextRun>('TextRun').implement({
  description: 'A part of a text with one format. Line breaks are in `text`.',
  fields: (t) => ({
    text: t.exposeString('text', { description: 'Plain text: show it as it is, never as HTML.' }),
    bold: t.exposeBoolean('bold', { description: 'Whether it is bold.' }),
    italic: t.exposeBoolean('italic', { description: 'Whether it is italic.' }),
    url: t.field({
      type: 'URL',
      nullable: true,
      description:
        'The address that it links to, which begins with https, http or mailto; null: it is no link.',
      resolve: ({ url }) => url,
    }),
  }),
})

const RUNS = 'The same text in parts with a format. Together they are `text`.'

const ShownDocumentRef = builder
  .objectRef<NonNullable<TranscriptEntry['document']>>('ShownDocument')
  .implement({
    description: 'A document that a dialogue offers. `noteDocument` counts what the visitor does with it.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'The name, for people.' }),
      url: t.expose('url', { type: 'URL', description: 'The address of the document.' }),
    }),
  })

const TranscriptEntryRef = builder.objectRef<TranscriptEntry>('TranscriptEntry').implement({
  description: 'Something that was shown or said in a dialogue.',
  fields: (t) => ({
    author: t.expose('author', {
      type: AuthorRef,
      description: 'BOT for the dialogue, VISITOR for an answer.',
    }),
    cardKey: t.exposeString('cardKey', {
      description: 'The key of the card that showed it, or that was answered.',
    }),
    text: t.exposeString('text', {
      description:
        'Plain text, with the tokens filled in. Of an answer, the label of its option or what the visitor typed. Empty for a document.',
    }),
    runs: t.field({ type: [TextRunRef], description: RUNS, resolve: runsOf }),
    sentAt: t.field({
      type: 'DateTime',
      description: 'The instant at which it was shown or said.',
      resolve: ({ at }) => new Date(at),
    }),
    document: t.field({
      type: ShownDocumentRef,
      nullable: true,
      description: 'The document that the card offers; null for all others.',
      resolve: ({ document }) => document ?? null,
    }),
    warning: t.string({
      nullable: true,
      description:
        'A doubt about an answer that was taken all the same, as an English sentence: no phone numbers like it are known. Null without one.',
      resolve: ({ warning }) => warning ?? null,
    }),
    meeting: t.prismaField({
      type: MeetingRef,
      nullable: true,
      description:
        'The meeting that the answer booked; null for all others, and until the visitor has confirmed it by mail. Staff sees it as far as it sees meetings.',
      resolve: (query, { bookedId }, _arguments, { database, viewer }) =>
        bookedId === undefined
          ? null
          : database.meeting.findFirst({
              ...query,
              where: {
                AND: [{ OR: [{ id: bookedId }, { request: { id: bookedId } }] }, visibleMeetings(viewer)],
              },
            }),
    }),
    confirmationSentTo: t.field({
      type: 'EmailAddress',
      nullable: true,
      description:
        'The address to which a mail was sent with which the visitor has yet to confirm the booking of the answer; null for all others, and for whoever is not the visitor.',
      resolve: async ({ bookedId }, _arguments, { database, viewer }) => {
        if (bookedId === undefined || viewer.kind !== 'VISITOR') return null
        const where = { id: bookedId, visitorId: viewer.visitorId, meetingId: null }
        return (await database.meetingRequest.findFirst({ where }))?.email ?? null
      },
    }),
  }),
})

const ShownCardKindRef = builder.enumType('ShownCardKind', {
  description: `How a card is answered. ${MORE_VALUES}`,
  values: {
    QUESTION: { description: 'With `answerKey`: the key of one of its `options`.' },
    CAPTURE: {
      description:
        'With `text`: a value of `inputType`, for example an e-mail address. One with `options` also with `answerKey`.',
    },
    MEETING: {
      description:
        'With `meeting`: `slots` with its `target` has the free times, and `holdSlot` holds one. With the option `not-now` the dialogue goes on without a meeting.',
    },
    LIVE_CHAT: {
      description: 'With `answerKey: "start"`: the live chat begins. Only for dialogues that begin with it.',
    },
  } satisfies Record<ShownCard['kind'], { description: string }>,
})

const CardOptionRef = builder.objectRef<ShownCard['options'][number]>('CardOption').implement({
  description: 'One of several ways to answer a card: a button.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'The key to answer with, as `answerKey`.' }),
    label: t.exposeString('label', { description: 'What to show.' }),
  }),
})

const MeetingTargetRef = builder.objectRef<RoutingTarget>('MeetingTarget').implement({
  description:
    'Whose free slots a card offers: pass the one field that is not null on as the `target` of `slots`.',
  fields: (t) => ({
    agentId: t.id({
      nullable: true,
      description: 'The global id of the agent; null if it is no certain agent.',
      resolve: (target) => ('agentId' in target ? encodeGlobalID('Agent', target.agentId) : null),
    }),
    teamId: t.id({
      nullable: true,
      description: 'The global id of the team whose agents take turns; null if it is no team.',
      resolve: (target) => ('teamId' in target ? encodeGlobalID('Team', target.teamId) : null),
    }),
    roundRobin: t.boolean({
      nullable: true,
      description: 'True if all agents take turns; null otherwise.',
      resolve: (target) => ('roundRobin' in target ? true : null),
    }),
  }),
})

const ShownCardRef = builder.objectRef<ShownCard>('ShownCard').implement({
  description: 'A card that waits for an answer, as far as its visitor sees it.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'The key of the card, which `answerCard` names.' }),
    kind: t.expose('kind', { type: ShownCardKindRef, description: 'How the card is answered.' }),
    text: t.exposeString('text', { description: 'Plain text, with the tokens filled in.' }),
    runs: t.field({ type: [TextRunRef], description: RUNS, resolve: ({ runs }) => runs }),
    options: t.field({
      type: [CardOptionRef],
      description: 'The ways to answer it with a key; none if it takes a text only.',
      resolve: ({ options }) => options,
    }),
    inputType: t.expose('inputType', {
      type: AttributeTypeRef,
      nullable: true,
      description: `The type of the value that a CAPTURE asks for. The text has at most ${MAX_ANSWER_LENGTH} characters. Null for other kinds.`,
    }),
    placeholder: t.exposeString('placeholder', {
      nullable: true,
      description: 'What to show in an input that is empty; null if there is nothing.',
    }),
    value: t.exposeString('value', {
      nullable: true,
      description:
        'What to put into the input at first: what the visitor has said before. Null if there is nothing.',
    }),
    target: t.field({
      type: MeetingTargetRef,
      nullable: true,
      description: 'Whose free slots a MEETING offers; null for other kinds.',
      resolve: ({ target }) => target,
    }),
  }),
})

export const DialogueSessionRef = builder.prismaNode('DialogueSession', {
  id: { field: 'id', description: GLOBAL_ID },
  description: `A dialogue with a visitor. It keeps the version of the dialogue in which it was first answered, and is over ${formatDuration(SESSION_LASTS_MS)} after the last sign of the visitor: \`resolveDialogue\` then begins another one. Visible to its visitor and to verified visitors who are the same person; to staff who see its conversation.`,
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    dialogueName: t.string({
      description: 'The name of the dialogue, as it was published.',
      resolve: async (session, _arguments, { database }) =>
        (await programOf(database, session)).definition.name,
    }),
    step: t.exposeInt('step', {
      description:
        'How many cards were answered. An answer names the step that it is for, which is this number.',
    }),
    transcript: t.field({
      type: [TranscriptEntryRef],
      description:
        'What was shown and said so far, in order. The text of the card that waits is in `pending`, and comes here with its answer.',
      resolve: (session, _arguments, { clock }) => shownTranscript(session, clock.now()),
    }),
    pending: t.field({
      type: [ShownCardRef],
      description: 'The card that waits for an answer. Empty once the dialogue is completed or over.',
      resolve: async (session, _arguments, { database, clock }) => {
        const program = await programOf(database, session)
        return [shownCard(session, { program, now: clock.now() })].filter((card) => card !== null)
      },
    }),
    startAfter: t.field({
      type: DialogueTriggerRef,
      nullable: true,
      description:
        'What the client waits for before it shows the dialogue; then it calls `noteTrigger`. Null: it may be shown.',
      resolve: async (session, _arguments, { database }) =>
        triggerOf(session, await programOf(database, session)),
    }),
    completed: t.boolean({
      description: 'Whether the last card was shown and, if it asks for something, answered.',
      resolve: ({ completedAt }) => completedAt !== null,
    }),
    conversation: t.prismaField({
      type: ConversationRef,
      nullable: true,
      description:
        'The conversation, which agents see, with everything that was shown and said as its messages. `conversationEvents` keeps several tabs up to date: after an event, read the session again. Null before the first answer.',
      // As a relation, it would read the session again.
      resolve: (query, { conversationId: id }, _arguments, { database }) =>
        id === null ? null : database.conversation.findUnique({ ...query, where: { id } }),
    }),
  }),
})
