// What staff does with dialogues: saves, publishes, unpublishes, deletes, duplicates and imports them.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { ConflictError, DialogueProblemsError, NotFoundError } from '../errors.ts'
import {
  MAX_CARDS,
  MAX_DESCRIPTION_LENGTH,
  MAX_DRAFT_BYTES,
  PRIORITIES,
  SCROLL_PERCENT,
  TRIGGER_SECONDS,
} from '../services/dialogues/definition/limits.ts'
import { type DeletedDialogue, deleteDialogue } from '../services/dialogues/editing/delete-dialogue.ts'
import { duplicateDialogue } from '../services/dialogues/editing/duplicate-dialogue.ts'
import { importDialogue } from '../services/dialogues/editing/import-dialogue.ts'
import { publishDialogue } from '../services/dialogues/editing/publish-dialogue.ts'
import { saveDialogue } from '../services/dialogues/editing/save-dialogue.ts'
import { unpublishDialogue } from '../services/dialogues/editing/unpublish-dialogue.ts'
import { MAX_NAME_LENGTH, MAX_URL_LENGTH } from '../services/input.ts'
import { formatCount } from '../services/wording.ts'
import { builder } from './builder.ts'
import { CardInput, toCard } from './card-input.ts'
import { ConditionGroupInput, toConditionGroup } from './condition.ts'
import { CHECKING_COST, DIALOGUE, DialogueKindRef, DialogueRef } from './dialogue.ts'
import { fromGlobalId, fromOptionalGlobalId } from './global-id.ts'
import { atMost, between, IDEMPOTENCY_KEY, oneLine } from './texts.ts'

const dialogueIdOf = (id: string) => fromGlobalId('Dialogue', { id, field: 'input.dialogueId' })

const ALONE = 'A flow has none.'

const DialogueTriggerInput = builder.inputType('DialogueTriggerInput', {
  description: 'When a dialogue shows after the page has opened. All that are given must be met.',
  fields: (t) => ({
    timeOnPageSeconds: t.int({
      description: `How many seconds the visitor must have spent on the page, in all views of it together: ${between(TRIGGER_SECONDS)}.`,
    }),
    timeOnSiteSeconds: t.int({
      description: `How many seconds the visitor must have spent on the website in this visit: ${between(TRIGGER_SECONDS)}.`,
    }),
    scrollPercent: t.int({
      description: `How far down the page the visitor must have scrolled, in percent: ${between(SCROLL_PERCENT)}.`,
    }),
  }),
})

const SaveDialogueInput = builder.inputType('SaveDialogueInput', {
  description: `A dialogue to create, or a draft to replace as a whole: what is omitted is removed, except the priority. At most ${MAX_DRAFT_BYTES / 1024} KiB as JSON without the name and the description.`,
  fields: (t) => ({
    dialogueId: t.id({
      description: 'The dialogue whose draft to replace. If omitted or null, a dialogue is created.',
    }),
    version: t.int({
      description:
        'The `version` of the draft that is replaced, as the client has read it: required with `dialogueId`. If the draft has been saved since, nothing is changed.',
    }),
    name: t.string({ required: true, description: `${DIALOGUE.name} ${oneLine(MAX_NAME_LENGTH)}` }),
    description: t.string({ description: `${DIALOGUE.description} ${atMost(MAX_DESCRIPTION_LENGTH)}` }),
    kind: t.field({
      type: DialogueKindRef,
      required: true,
      description: 'How it begins. It cannot be changed later.',
    }),
    priority: t.int({
      description: `${DIALOGUE.priority} If omitted or null, it stays, and is ${formatCount(PRIORITIES[1])} for a new dialogue.`,
    }),
    audience: t.field({
      type: ConditionGroupInput,
      description: `${DIALOGUE.audience} Everybody if omitted or null. ${ALONE}`,
    }),
    targetUrls: t.field({
      type: ['URL'],
      description: `${DIALOGUE.targetUrls} Each has at most ${formatCount(MAX_URL_LENGTH)} characters. None are needed to save it, but to publish it. ${ALONE}`,
    }),
    excludedUrls: t.field({
      type: ['URL'],
      description: `${DIALOGUE.excludedUrls} They are written like targets. ${ALONE}`,
    }),
    trigger: t.field({
      type: DialogueTriggerInput,
      description: `${DIALOGUE.trigger} At once if omitted or null. ${ALONE}`,
    }),
    cards: t.field({
      type: [CardInput],
      required: true,
      description: `${DIALOGUE.cards} Their keys must differ.`,
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('saveDialogue', (t) =>
  t.prismaField({
    type: DialogueRef,
    description:
      'Creates a dialogue, or replaces the draft of one. Visitors get what was published before until it is published again. What keeps it from being published is no reason to refuse it: see `Dialogue.problems`. Requires MANAGE_DIALOGUES.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: SaveDialogueInput, required: true, description: 'The dialogue.' }) },
    resolve: (query, _root, { input }, context) => {
      const dialogue = {
        ...input,
        dialogueId: fromOptionalGlobalId('Dialogue', { id: input.dialogueId, field: 'input.dialogueId' }),
        audience: input.audience && toConditionGroup(input.audience),
        cards: input.cards.slice(0, MAX_CARDS + 1).map((card, index) => toCard(card, `input.cards.${index}`)),
      }
      return saveDialogue(context, dialogue, (tx, id) =>
        tx.dialogue.findUnique({ ...query, where: { id, deletedAt: null } }),
      )
    },
  }),
)

const PublishDialogueInput = builder.inputType('PublishDialogueInput', {
  description: 'A draft to publish.',
  fields: (t) => ({
    dialogueId: t.id({ required: true, description: 'The dialogue.' }),
    version: t.int({
      description:
        'The `version` of the draft, as the client has read it: if it has been saved since, nothing is changed. If omitted or null, the present draft is published.',
    }),
  }),
})

builder.mutationField('publishDialogue', (t) =>
  t.prismaField({
    type: DialogueRef,
    complexity: CHECKING_COST,
    description:
      'Publishes the draft of a dialogue: visitors get it from now on, and those who are engaged in an earlier version go on with that. It keeps the flows in it as they are published now. Publishing a draft that has not changed makes no new version. Requires PUBLISH_DIALOGUES.',
    errors: { types: [ConflictError, NotFoundError, DialogueProblemsError] },
    args: { input: t.arg({ type: PublishDialogueInput, required: true, description: 'The draft.' }) },
    resolve: (query, _root, { input }, context) =>
      publishDialogue(context, { ...input, dialogueId: dialogueIdOf(input.dialogueId) }, (tx, id) =>
        tx.dialogue.findUnique({ ...query, where: { id } }),
      ),
  }),
)

const UnpublishDialogueInput = builder.inputType('UnpublishDialogueInput', {
  description: 'A dialogue that visitors shall no longer get.',
  fields: (t) => ({ dialogueId: t.id({ required: true, description: 'The dialogue.' }) }),
})

builder.mutationField('unpublishDialogue', (t) =>
  t.prismaField({
    type: DialogueRef,
    description:
      'Takes a dialogue off the website. Visitors who are engaged in it go on, and dialogues that were published with it as a flow keep its cards. Without effect if it is not published. Requires PUBLISH_DIALOGUES.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: UnpublishDialogueInput, required: true, description: 'The dialogue.' }) },
    resolve: (query, _root, { input }, context) =>
      unpublishDialogue(context, { dialogueId: dialogueIdOf(input.dialogueId) }, (tx, id) =>
        tx.dialogue.findUnique({ ...query, where: { id } }),
      ),
  }),
)

const DeleteDialogueInput = builder.inputType('DeleteDialogueInput', {
  description: 'A dialogue to delete.',
  fields: (t) => ({ dialogueId: t.id({ required: true, description: 'The dialogue.' }) }),
})

export const DeletedDialogueRef = builder.objectRef<DeletedDialogue>('DeletedDialogue').implement({
  description: 'What is left of a dialogue after its deletion.',
  fields: (t) => ({
    dialogueId: t.id({
      description: 'The global id that the dialogue had.',
      resolve: ({ dialogueId }) => encodeGlobalID('Dialogue', dialogueId),
    }),
  }),
})

builder.mutationField('deleteDialogue', (t) =>
  t.field({
    type: DeletedDialogueRef,
    description:
      'Deletes a dialogue. Visitors who are engaged in it cannot go on. What it counted stays in the reports of the workspace, and dialogues that were published with it as a flow keep its cards. Requires MANAGE_DIALOGUES, and for a dialogue that is published also PUBLISH_DIALOGUES.',
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({ type: DeleteDialogueInput, required: true, description: 'The dialogue to delete.' }),
    },
    resolve: (_root, { input }, context) =>
      deleteDialogue(context, { dialogueId: dialogueIdOf(input.dialogueId) }),
  }),
)

const DuplicateDialogueInput = builder.inputType('DuplicateDialogueInput', {
  description: 'A dialogue to copy.',
  fields: (t) => ({
    dialogueId: t.id({ required: true, description: 'The dialogue.' }),
    name: t.string({
      description: `The name of the copy. ${oneLine(MAX_NAME_LENGTH)} Defaults to \`Copy of\` and the other name.`,
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('duplicateDialogue', (t) =>
  t.prismaField({
    type: DialogueRef,
    description:
      'Creates a dialogue of the draft of another one. The copy is not published. Requires MANAGE_DIALOGUES.',
    errors: { types: [ConflictError, NotFoundError] },
    args: {
      input: t.arg({ type: DuplicateDialogueInput, required: true, description: 'The dialogue to copy.' }),
    },
    resolve: (query, _root, { input }, context) =>
      duplicateDialogue(context, { ...input, dialogueId: dialogueIdOf(input.dialogueId) }, (tx, id) =>
        tx.dialogue.findUnique({ ...query, where: { id, deletedAt: null } }),
      ),
  }),
)

const ImportDialogueInput = builder.inputType('ImportDialogueInput', {
  description: 'A dialogue to import.',
  fields: (t) => ({
    dialogue: t.field({
      type: 'JSONObject',
      required: true,
      description:
        'What `Dialogue.export` was, in this workspace or another one. The paths of faults are those of the values in it.',
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('importDialogue', (t) =>
  t.prismaField({
    type: DialogueRef,
    description:
      'Creates a dialogue of the export of one. It is not published. The workspace must have what it names: attributes, agents, teams and flows. Requires MANAGE_DIALOGUES.',
    errors: { types: [ConflictError, NotFoundError] },
    args: {
      input: t.arg({ type: ImportDialogueInput, required: true, description: 'The dialogue to import.' }),
    },
    resolve: (query, _root, { input }, context) =>
      importDialogue(context, input, (tx, id) =>
        tx.dialogue.findUnique({ ...query, where: { id, deletedAt: null } }),
      ),
  }),
)
