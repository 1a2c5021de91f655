// What visitors do with dialogues.

import type { DialogueSession } from '../database/generated/client/client.ts'
import {
  ConflictError,
  NoAgentAvailableError,
  NotFoundError,
  QuotaExceededError,
  SlotUnavailableError,
  StepTakenError,
} from '../errors.ts'
import { MAX_AGENDA_LENGTH } from '../services/booking/meetings/book-meeting.ts'
import { answerCard } from '../services/dialogues/running/answer-card.ts'
import { MAX_ANSWER_LENGTH } from '../services/dialogues/running/answer-input.ts'
import { noteDocument } from '../services/dialogues/running/note-document.ts'
import { noteTrigger } from '../services/dialogues/running/note-trigger.ts'
import { type NoDialogueCause, resolveDialogue } from '../services/dialogues/running/resolve-dialogue.ts'
import { MAX_KEY_LENGTH } from '../services/input.ts'
import { builder } from './builder.ts'
import { DialogueSessionRef } from './dialogue-session.ts'
import { ErrorInterface } from './errors.ts'
import { fromGlobalId, fromOptionalGlobalId } from './global-id.ts'
import { PersonInput } from './person.ts'
import { atMost, BUDGETED, MORE_VALUES, SLOT_END, VISITOR_TOKEN } from './texts.ts'

const SESSION = 'The session.'
const sessionIdOf = (id: string) => fromGlobalId('DialogueSession', { id, field: 'input.sessionId' })

const NoDialogueCauseRef = builder.enumType('NoDialogueCause', {
  description: `Why a visitor gets no dialogue. ${MORE_VALUES}`,
  values: {
    NONE_FITS: {
      description:
        'No published dialogue is for this page and this visitor, or the visitor has completed those that are.',
    },
    CHAT_DISABLED: { description: 'The workspace has switched its chat off (`chatEnabled`).' },
    FLOW_NOT_PUBLISHED: { description: 'The flow is not published.' },
  } satisfies Record<NoDialogueCause, { description: string }>,
})

/** Thrown, although nothing went wrong: a mutation returns one type, and besides it what it throws. */
class NoDialogue extends Error {
  readonly because: NoDialogueCause
  constructor(because: NoDialogueCause) {
    super('There is no dialogue for the visitor.')
    this.because = because
  }
}

export const NoDialogueRef = builder.objectType(NoDialogue, {
  name: 'NoDialogue',
  description: 'There is nothing to show. That is no error: most pages have no dialogue for most visitors.',
  fields: (t) => ({
    because: t.expose('because', { type: NoDialogueCauseRef, description: 'Why, for developers.' }),
  }),
})

builder.objectType(StepTakenError, {
  name: 'StepTakenError',
  description:
    'The step was answered otherwise before, for example in another tab. Nothing was changed: show `session` as it is now.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    session: t.field({
      type: DialogueSessionRef,
      description: 'The session as it is now.',
      resolve: ({ session }: StepTakenError) => session as DialogueSession,
    }),
  }),
})

const ResolveDialogueInput = builder.inputType('ResolveDialogueInput', {
  description: 'A page that is viewed.',
  fields: (t) => ({
    pageUrl: t.field({
      type: 'URL',
      required: true,
      description:
        'The address of the web page that the visitor is on. Its origin must be in `Workspace.allowedOrigins`, and be the one that sends the request.',
    }),
    flowId: t.id({
      description:
        'The flow that the page begins, in place of a dialogue for the page. It can be begun any number of times.',
    }),
  }),
})

builder.mutationField('resolveDialogue', (t) =>
  t.field({
    type: DialogueSessionRef,
    description: `Decides which dialogue the visitor gets on a page, to be called with each page view. A dialogue that was answered goes on where it was, on every page. Otherwise it is the first one, by priority, that is for the page and the visitor and was not completed: it counts as triggered, unless \`startAfter\` says to wait. \`NoDialogue\` if there is none. ${BUDGETED} ${VISITOR_TOKEN}`,
    errors: { types: [NoDialogue, NotFoundError, QuotaExceededError] },
    args: {
      input: t.arg({ type: ResolveDialogueInput, required: true, description: 'The page that is viewed.' }),
    },
    resolve: async (_root, { input: { pageUrl, flowId } }, context) => {
      const id = fromOptionalGlobalId('Dialogue', { id: flowId, field: 'input.flowId' })
      const resolved = await resolveDialogue(context, { pageUrl, flowId: id })
      if (typeof resolved === 'string') throw new NoDialogue(resolved)
      return resolved
    },
  }),
)

const NoteTriggerInput = builder.inputType('NoteTriggerInput', {
  description: 'A trigger that is met.',
  fields: (t) => ({ sessionId: t.id({ required: true, description: SESSION }) }),
})

builder.mutationField('noteTrigger', (t) =>
  t.field({
    type: DialogueSessionRef,
    description: `Says that what \`startAfter\` asks for is met. From then on the dialogue is shown, and counts as triggered. The visitor need not meet the trigger of this version again. ${BUDGETED} ${VISITOR_TOKEN}`,
    errors: { types: [NotFoundError, ConflictError, QuotaExceededError] },
    args: {
      input: t.arg({ type: NoteTriggerInput, required: true, description: 'The trigger that is met.' }),
    },
    resolve: (_root, { input }, context) => noteTrigger(context, { sessionId: sessionIdOf(input.sessionId) }),
  }),
)

const CardMeetingInput = builder.inputType('CardMeetingInput', {
  description: 'A meeting to book in a dialogue. Give either `holdId` or `startsAt`.',
  fields: (t) => ({
    holdId: t.id({ description: 'The slot that the visitor holds (`holdSlot`).' }),
    startsAt: t.field({ type: 'DateTime', description: "The start of a free slot of the card's `target`." }),
    endsAt: t.field({ type: 'DateTime', description: SLOT_END }),
    timeZone: t.field({
      type: 'TimeZone',
      required: true,
      description: "The visitor's time zone, for the times in mails.",
    }),
    agenda: t.string({ description: `What the meeting is about. ${atMost(MAX_AGENDA_LENGTH)}` }),
    person: t.field({
      type: PersonInput,
      description:
        'Who the visitor is. Its e-mail address is required unless the visitor has given one already, for example in the dialogue.',
    }),
  }),
})

const AnswerCardInput = builder.inputType('AnswerCardInput', {
  description: 'An answer to a card. Give either `answerKey`, `text` or `meeting`.',
  fields: (t) => ({
    sessionId: t.id({ required: true, description: SESSION }),
    step: t.int({ required: true, description: 'The step of the session that the answer is for.' }),
    cardKey: t.string({ required: true, description: 'The key of the card in `pending`.' }),
    answerKey: t.string({ description: 'The key of one of the options of the card.' }),
    text: t.string({ description: `What the visitor typed. ${atMost(MAX_ANSWER_LENGTH)}` }),
    meeting: t.field({ type: CardMeetingInput, description: 'The meeting that a meeting card books.' }),
    clientKey: t.string({
      required: true,
      description: `A key that the client makes up for the answer, for example a UUID. A retry with the same key returns the session without a further effect; with another answer it is a \`ConflictError\`. 1 to ${MAX_KEY_LENGTH} characters.`,
    }),
  }),
})

builder.mutationField('answerCard', (t) =>
  t.field({
    type: DialogueSessionRef,
    description: `Answers the card that waits, and goes on to the next one. The same answer again has no further effect; another answer for a step that was taken is a \`StepTakenError\`. A value that the card asks for is said of the visitor's person, as with \`identifyVisitor\`: an e-mail address is only claimed. A meeting is booked at once, as with \`bookMeeting\`: if the visitor has to confirm it by mail, the dialogue goes on all the same. Where the dialogue leads to a live chat, \`conversation\` becomes a request for one, as with \`requestLiveChat\`: it is then \`OFFERED\`, \`REQUESTED\` while it waits, or \`MISSED\` with a \`fallback\`. ${BUDGETED} ${VISITOR_TOKEN}`,
    errors: {
      types: [
        NotFoundError,
        ConflictError,
        StepTakenError,
        SlotUnavailableError,
        NoAgentAvailableError,
        QuotaExceededError,
      ],
    },
    args: { input: t.arg({ type: AnswerCardInput, required: true, description: 'The answer.' }) },
    resolve: (_root, { input }, context) =>
      answerCard(context, {
        ...input,
        sessionId: sessionIdOf(input.sessionId),
        meeting: input.meeting && {
          ...input.meeting,
          holdId: fromOptionalGlobalId('SlotHold', {
            id: input.meeting.holdId,
            field: 'input.meeting.holdId',
          }),
        },
      }),
  }),
)

const DocumentActionRef = builder.enumType('DocumentAction', {
  description: 'What a visitor does with a document.',
  values: {
    OPENED: { description: 'The visitor opens it.' },
    DOWNLOADED: { description: 'The visitor downloads it.' },
  },
})

const NoteDocumentInput = builder.inputType('NoteDocumentInput', {
  description: 'What the visitor does with a document.',
  fields: (t) => ({
    sessionId: t.id({ required: true, description: SESSION }),
    cardKey: t.string({
      required: true,
      description: 'The key of the card in the transcript that offers the document.',
    }),
    action: t.field({
      type: DocumentActionRef,
      required: true,
      description: 'What the visitor does with it.',
    }),
  }),
})

builder.mutationField('noteDocument', (t) =>
  t.field({
    type: DialogueSessionRef,
    description: `Counts that the visitor opens or downloads a document of a dialogue, once in a visit. ${BUDGETED} ${VISITOR_TOKEN}`,
    errors: { types: [NotFoundError, QuotaExceededError] },
    args: { input: t.arg({ type: NoteDocumentInput, required: true, description: 'The document.' }) },
    resolve: (_root, { input }, context) =>
      noteDocument(context, { ...input, sessionId: sessionIdOf(input.sessionId) }),
  }),
)
