// What keeps the draft of a dialogue from being published.
import { DialogueProblemsError, type DraftProblem } from '../errors.ts'
import {
  MAX_COMPILED_BYTES,
  MAX_COMPILED_CARDS,
  MAX_FLOW_DEPTH,
  MAX_STEPS_WITHOUT_ANSWER,
} from '../services/dialogues/definition/limits.ts'
import type { ProblemCode } from '../services/dialogues/definition/problem.ts'
import { formatCount } from '../services/wording.ts'
import { builder } from './builder.ts'
import { ErrorInterface } from './errors.ts'
import { MORE_VALUES } from './texts.ts'

const DialogueProblemCodeRef = builder.enumType('DialogueProblemCode', {
  description: `What keeps a draft from being published. ${MORE_VALUES}`,
  values: {
    NO_CARDS: { description: 'The dialogue has no card.' },
    NO_TARGET: { description: 'The dialogue has no target, and is not a flow.' },
    TOO_LARGE: {
      description: `With the cards of its flows, the dialogue has more than ${formatCount(MAX_COMPILED_CARDS)} cards, or more than ${formatCount(MAX_COMPILED_BYTES / 1024)} KiB as JSON.`,
    },
    UNKNOWN_NEXT: { description: 'The card leads to a key that no card has.' },
    UNREACHABLE_CARD: { description: 'No card leads to this one.' },
    CYCLE_WITHOUT_ANSWER: {
      description:
        'The card leads back to an earlier one, and none between the two waits for an answer. Questions, meetings, and captures that are not skipped wait.',
    },
    TOO_MANY_STEPS: {
      description: `From this card on, more than ${MAX_STEPS_WITHOUT_ANSWER} cards follow one after the other without an answer.`,
    },
    LIVE_CHAT_NOT_LAST: { description: 'A card follows the live chat, which ends the dialogue.' },
    UNKNOWN_ATTRIBUTE: { description: 'The workspace does not have the attribute.' },
    UNFIT_ATTRIBUTE: { description: 'The card must not store a value in this attribute.' },
    UNFIT_VALUE: {
      description: 'The value does not fit the type of the attribute, or is not in its picklist.',
    },
    UNFIT_CONDITION: { description: 'The operator or a value does not fit the attribute of the condition.' },
    UNKNOWN_TOKEN: { description: 'The text has a token that stands for nothing that is known of visitors.' },
    MALFORMED_TOKEN: {
      description: 'The text has double braces that are no token, or a tag within a token.',
    },
    AGENT_REMOVED: { description: 'The agent was removed.' },
    TEAM_DELETED: { description: 'The team was deleted.' },
    RULES_NOT_AVAILABLE: { description: 'There are no routing rules yet.' },
    FLOW_DELETED: { description: 'The flow was deleted.' },
    FLOW_NOT_PUBLISHED: { description: 'The flow is not published.' },
    FLOW_IN_ITSELF: { description: 'The flow would contain itself, directly or through other flows.' },
    FLOWS_TOO_DEEP: {
      description: `With this flow, more than ${MAX_FLOW_DEPTH} flows would be within each other.`,
    },
    LIVE_CHAT_IN_FLOW: { description: 'A card follows a flow with a live chat, which ends the dialogue.' },
  } satisfies Record<ProblemCode, { description: string }>,
})

export const DialogueProblemRef = builder.objectRef<DraftProblem>('DialogueProblem').implement({
  description: 'Something that keeps the draft of a dialogue from being published.',
  fields: (t) => ({
    code: t.field({
      type: DialogueProblemCodeRef,
      description: 'What it is, for programs.',
      resolve: ({ code }) => code as ProblemCode,
    }),
    cardKey: t.exposeString('cardKey', {
      nullable: true,
      description: 'The key of the card that it is about; null: it is about the whole dialogue.',
    }),
    path: t.exposeStringList('path', {
      description:
        'Where it is in the input of `saveDialogue`, for example `["cards", "3", "question", "answers", "0", "next"]`.',
    }),
    message: t.exposeString('message', { description: 'An English sentence, which may change.' }),
  }),
})

builder.objectType(DialogueProblemsError, {
  name: 'DialogueProblemsError',
  description: 'The draft has problems, so it cannot be published. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    problems: t.field({
      type: [DialogueProblemRef],
      description: 'All problems: those of the dialogue, then those of its cards in their order.',
      resolve: (error) => error.problems,
    }),
  }),
})
