// Dialogues and flows: scripted conversations, as staff edits them.

import { MAX_CARDS, MAX_TARGETS, PRIORITIES } from '../services/dialogues/definition/limits.ts'
import { draftFrom } from '../services/dialogues/definition/stored.ts'
import { exportDialogues } from '../services/dialogues/editing/export-dialogue.ts'
import {
  type DialogueState,
  filterDialogues,
  visibleDialogues,
} from '../services/dialogues/editing/filter-dialogues.ts'
import { readProblems } from '../services/dialogues/editing/read-problems.ts'
import { requirePermission } from '../services/identity/viewer.ts'
import { MAX_SEARCH_LENGTH } from '../services/search.ts'
import { batched } from './batch.ts'
import { builder } from './builder.ts'
import { CardRef, FlowCardRef } from './card.ts'
import { ConditionGroupRef } from './condition.ts'
import { COUNTED } from './connection.ts'
import type { SchemaContext } from './context.ts'
import { ConversationRef } from './conversation.ts'
import { DialogueProblemRef } from './dialogue-problem.ts'
import { DialogueTriggerRef } from './dialogue-trigger.ts'
import { fromCursor, listedBy } from './page-arguments.ts'
import { ALL_CONDITIONS, atMost, between, GLOBAL_ID, NULL_IF_REFUSED } from './texts.ts'

/** Of the fields that read the cards of a dialogue and what they name. */
export const READING_COST = { field: 5, multiplier: 1 } as const

/** Of what looks through all cards of a dialogue and of its flows. */
export const CHECKING_COST = { field: 20, multiplier: 1 } as const

/** Of dialogues and of the inputs for them. */
export const DIALOGUE = {
  name: 'What staff calls it, for example `Welcome`.',
  description: 'A note for staff.',
  priority: `Which dialogue a visitor gets first, ${between(PRIORITIES)}: 1 is highest, and of two with the same the older one is first. It does not matter for a flow.`,
  audience: 'Which visitors get it, by what is known of them.',
  targetUrls: `The pages on which it shows, at most ${MAX_TARGETS}. \`https://site.com\` is every page of that host, and \`https://site.com/\` its first page only; \`https://*.site.com\` is the host with all its sub-domains; \`https://site.com/folder/*\` is \`/folder\` and what is below. Query and hash do not matter; \`http\` in a target takes \`https\` too.`,
  excludedUrls: `Pages on which it does not show, although they are targets. At most ${MAX_TARGETS}.`,
  trigger: 'When it shows after the page has opened.',
  cards: `Its cards, at most ${MAX_CARDS}. The first one begins it.`,
} as const

const VIEWS_DIALOGUES = 'Requires VIEW_DIALOGUES.'

export const DialogueKindRef = builder.enumType('DialogueKind', {
  description: 'How a conversation begins.',
  values: {
    DIALOGUE: { description: 'By itself, on the pages that are its targets. A visitor completes it once.' },
    FLOW: {
      description:
        'When the page opens it, as often as it does; or as a part of dialogues and other flows that have it as a card.',
    },
  },
})

const DialogueStateRef = builder.enumType('DialogueState', {
  description: 'Whether visitors get a dialogue.',
  values: {
    DRAFT: { description: 'It has never been published.' },
    PUBLISHED: {
      description: 'Visitors get it as it was published, though not while `Workspace.chatEnabled` is false.',
    },
    UNPUBLISHED: {
      description: 'It was published before. Visitors who are engaged in it go on; others do not get it.',
    },
  } satisfies Record<DialogueState, { description: string }>,
})

const problemsOf = batched(async (context: SchemaContext, ids) => {
  const { database } = context
  const { workspaceId } = requirePermission(context.viewer, 'VIEW_DIALOGUES')
  const dialogues = await database.dialogue.findMany({ where: { workspaceId, id: { in: ids } } })
  return readProblems(database, { workspaceId, dialogues })
})

const fileOf = batched(async (context: SchemaContext, ids) => {
  const { database } = context
  const { workspaceId } = requirePermission(context.viewer, 'VIEW_DIALOGUES')
  const dialogues = await database.dialogue.findMany({ where: { workspaceId, id: { in: ids } } })
  return exportDialogues(database, { workspaceId, dialogues })
})

export const DialogueRef = builder.prismaNode('Dialogue', {
  id: { field: 'id', description: GLOBAL_ID },
  description: `A scripted conversation with visitors of the website. All fields are those of its draft, except \`state\`, \`publishedVersion\` and \`publishedAt\`. ${VIEWS_DIALOGUES}`,
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    name: t.exposeString('name', { description: DIALOGUE.name }),
    description: t.exposeString('description', { nullable: true, description: DIALOGUE.description }),
    kind: t.expose('kind', { type: DialogueKindRef, description: 'How it begins.' }),
    priority: t.exposeInt('priority', { description: DIALOGUE.priority }),
    state: t.field({
      type: DialogueStateRef,
      description: 'Whether visitors get it.',
      select: { publishedVersionId: true, versions: { take: 1, select: { id: true } } },
      resolve: ({ publishedVersionId, versions }): DialogueState => {
        if (publishedVersionId !== null) return 'PUBLISHED'
        return versions.length > 0 ? 'UNPUBLISHED' : 'DRAFT'
      },
    }),
    audience: t.field({
      type: ConditionGroupRef,
      description: `${DIALOGUE.audience} A group without conditions is everybody.`,
      select: { draft: true },
      resolve: (dialogue) => draftFrom(dialogue).audience,
    }),
    targetUrls: t.stringList({
      description: `${DIALOGUE.targetUrls} A flow has none.`,
      select: { draft: true },
      resolve: (dialogue) => draftFrom(dialogue).targetUrls,
    }),
    excludedUrls: t.stringList({
      description: DIALOGUE.excludedUrls,
      select: { draft: true },
      resolve: (dialogue) => draftFrom(dialogue).excludedUrls,
    }),
    trigger: t.field({
      type: DialogueTriggerRef,
      nullable: true,
      description: `${DIALOGUE.trigger} Null: at once.`,
      select: { draft: true },
      resolve: (dialogue) => draftFrom(dialogue).trigger,
    }),
    cards: t.field({
      type: [CardRef],
      description: DIALOGUE.cards,
      complexity: READING_COST,
      select: { draft: true },
      resolve: (dialogue) => draftFrom(dialogue).cards,
    }),
    problems: t.field({
      type: [DialogueProblemRef],
      description:
        'What would keep the draft from being published now: problems of the dialogue first, then those of its cards in their order. Empty if it can be published.',
      complexity: CHECKING_COST,
      select: { id: true },
      resolve: ({ id }, _arguments, context) => problemsOf(context, id),
    }),
    version: t.exposeInt('version', {
      description:
        'The version of the draft. It increases whenever the draft is saved, and `saveDialogue` names the one that it replaces.',
    }),
    publishedVersion: t.int({
      nullable: true,
      description:
        'The number of the version that visitors get, counted from 1. Publishing a draft that has not changed makes no new version. Null: it is not published.',
      select: { publishedVersion: { select: { number: true } } },
      resolve: ({ publishedVersion }) => publishedVersion?.number ?? null,
    }),
    publishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When that version was published for the first time. Null: it is not published.',
      select: { publishedVersion: { select: { publishedAt: true } } },
      resolve: ({ publishedVersion }) => publishedVersion?.publishedAt ?? null,
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the draft was last saved.' }),
    export: t.field({
      type: 'JSONObject',
      description:
        'The draft as a file for `importDialogue`, with names in place of ids: attributes like `company.industry`, agents by their e-mail addresses, teams and flows by their names.',
      complexity: READING_COST,
      select: { id: true },
      resolve: ({ id }, _arguments, context) => fileOf(context, id),
    }),
  }),
})

/** Read in one statement; a dialogue that was deleted, or is of another workspace, is null. */
const loadDialogue = batched(async ({ database, viewer }: SchemaContext, ids) => {
  const dialogues = await database.dialogue.findMany({
    where: { AND: [visibleDialogues(viewer), { id: { in: ids } }] },
  })
  const found = new Map(dialogues.map((dialogue) => [dialogue.id, dialogue]))
  return new Map(ids.map((id) => [id, found.get(id) ?? null]))
})

builder.objectField(FlowCardRef, 'flow', (t) =>
  t.field({
    type: DialogueRef,
    nullable: true,
    description: 'The flow; null if it was deleted, which is a problem.',
    resolve: ({ flowId }, _arguments, context) => loadDialogue(context, flowId),
  }),
)

builder.prismaObjectField(ConversationRef, 'dialogue', (t) =>
  t.field({
    type: DialogueRef,
    nullable: true,
    description: `The dialogue in which the conversation began; null if it began as a live chat, or the dialogue was deleted. ${VIEWS_DIALOGUES} ${NULL_IF_REFUSED}`,
    select: { dialogueId: true },
    resolve: ({ dialogueId }, _arguments, context) => {
      requirePermission(context.viewer, 'VIEW_DIALOGUES')
      return dialogueId === null ? null : loadDialogue(context, dialogueId)
    },
  }),
)

const NEWEST_FIRST = [{ createdAt: 'desc' }, { id: 'desc' }] as const

const DialogueConnectionRef = builder.connectionObject(
  { type: DialogueRef, name: 'DialogueConnection', description: 'A page of dialogues.' },
  { name: 'DialogueEdge', description: 'A dialogue with its cursor.' },
)

builder.queryField('dialogues', (t) =>
  t.prismaConnection(
    {
      type: DialogueRef,
      cursor: 'id',
      nullable: true,
      description: `The dialogues and flows of the workspace, the newest first. ${ALL_CONDITIONS} ${VIEWS_DIALOGUES} ${NULL_IF_REFUSED}`,
      args: {
        state: t.arg({ type: DialogueStateRef, description: 'Only those in this state.' }),
        kind: t.arg({ type: DialogueKindRef, description: 'Only dialogues, or only flows.' }),
        search: t.arg.string({
          description: `Only those for which each of these words is in the name or the description. ${atMost(MAX_SEARCH_LENGTH)}`,
        }),
      },
      extensions: listedBy(() => [...NEWEST_FIRST]),
      resolve: (query, _root, { state, kind, search, ...page }, context) =>
        context.database.dialogue.findMany({
          ...query,
          where: { AND: [filterDialogues(context, { state, kind, search }), fromCursor(page)] },
          orderBy: [...NEWEST_FIRST],
        }),
      totalCount: (_root, { state, kind, search }, context) =>
        context.database.dialogue.count({
          ...COUNTED,
          where: filterDialogues(context, { state, kind, search }),
          orderBy: [...NEWEST_FIRST],
        }),
    },
    DialogueConnectionRef,
  ),
)
