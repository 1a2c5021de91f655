// The export and the erasure of a person.
import { ConflictError, NotFoundError } from '../errors.ts'
import { type Erasure, erasePerson, MAX_CLEARED } from '../services/privacy/erase/erase-person.ts'
import {
  exportPerson,
  MAX_RECORDS,
  type PersonExport,
  type PersonRecord,
} from '../services/privacy/export/export-person.ts'
import type { PartName } from '../services/privacy/export/parts.ts'
import { formatCount } from '../services/wording.ts'
import { builder } from './builder.ts'
import { fromGlobalId } from './global-id.ts'
import { PersonRef } from './person.ts'
import { MORE_VALUES, NULL_IF_REFUSED, STAFF_TYPE } from './texts.ts'

const REQUIRES = 'Requires MANAGE_PRIVACY_AND_SECURITY.'

export const ErasedPersonRef = builder.objectRef<Erasure>('ErasedPerson').implement({
  description: `What a call of \`erasePerson\` has removed. What an earlier call had removed counts no more. ${STAFF_TYPE}`,
  fields: (t) => ({
    person: t.prismaField({
      type: PersonRef,
      description: 'What is left of the person: it is anonymous, and nothing is known of it.',
      resolve: (query, { personId }, _arguments, { database }) =>
        database.person.findUniqueOrThrow({ ...query, where: { id: personId } }),
    }),
    complete: t.boolean({
      description: `Whether everything is removed. A call clears at most ${formatCount(MAX_CLEARED)} conversations and as many meetings: call it again until this is true.`,
      resolve: ({ isComplete }) => isComplete,
    }),
    visits: t.exposeInt('visits', {
      description: 'How many visits ended: their tokens are not valid any more.',
    }),
    conversations: t.exposeInt('conversations', {
      description: 'How many conversations were cleared. They still count, and have no texts any more.',
    }),
    messages: t.exposeInt('messages', {
      description: 'How many messages of these conversations were cleared.',
    }),
    meetings: t.exposeInt('meetings', {
      description: 'How many meetings were cleared. They still count, and have no texts any more.',
    }),
    mails: t.exposeInt('mails', {
      description:
        'How many mails were deleted that Switchboard had written to a folder instead of sending them.',
    }),
  }),
})

const ErasePersonInput = builder.inputType('ErasePersonInput', {
  description: 'A person to erase.',
  fields: (t) => ({ personId: t.id({ required: true, description: 'The person.' }) }),
})

builder.mutationField('erasePerson', (t) =>
  t.field({
    type: ErasedPersonRef,
    description: `Erases a person: name, e-mail address and everything else that is known of it, its visits, what was written in its conversations and for its meetings, and to which addresses mails went. Conversations, meetings and turns still count. It cannot be undone, and can be repeated: a call does what an earlier one left. While a conversation with the person is open or a meeting is to come, it is refused (\`CHAT_OPEN\`, \`MEETING_UPCOMING\`): end and cancel them first. Visits end at once, and events tell consoles of each conversation and meeting that was cleared (\`ConversationChanged\`, \`MeetingChanged\`). Whoever visits with the e-mail address later is a new person. ${REQUIRES}`,
    errors: { types: [NotFoundError, ConflictError] },
    args: { input: t.arg({ type: ErasePersonInput, required: true, description: 'The person to erase.' }) },
    resolve: (_root, { input }, context) =>
      erasePerson(context, {
        personId: fromGlobalId('Person', { id: input.personId, field: 'input.personId' }),
      }),
  }),
)

const VISITOR_SAID = '`claimed` is what the visitor said of itself, or null.'
const AGENTS = 'An agent is an object with `id` and `name`.'

const PersonRecordKindRef = builder.enumType('PersonRecordKind', {
  description: `What a record of an export is about, and which keys its \`data\` has besides \`id\`. Instants are texts such as \`2026-03-02T08:00:00.000Z\`. ${AGENTS} ${MORE_VALUES}`,
  values: {
    PERSON: {
      description:
        'The person, once: `email`, `firstName`, `lastName`, `jobTitle`, `phone`, `companyName`, `companyDomain`, `companyAttributes`, `attributes`, `crmStatus`, `claimantId` (the visit of whose claims the person was made), `createdAt`, `erasedAt`.',
    },
    VISIT: {
      description: `A visit to the website: \`pageUrl\`, \`verified\`, \`claimed\`, \`createdAt\`, \`expiresAt\`, \`sessionId\` (within which things count once in reports), \`seenAt\`. ${VISITOR_SAID}`,
    },
    CONVERSATION: {
      description: `A live chat: \`visitorId\` (the visit), \`state\`, \`verified\`, \`claimed\`, \`agent\`, \`pageUrl\`, \`requestedAt\`, \`acceptedAt\`, \`endedAt\`, \`score\`, \`messageCount\`, \`clearedAt\`. ${VISITOR_SAID}`,
    },
    MESSAGE: {
      description:
        'A message of a live chat, from either side: `conversationId`, `seq`, `author`, `agent`, `text`, `sentAt`, `sharedAgent`, `clientKey`.',
    },
    MEETING: {
      description: `A meeting: \`conversationId\`, \`agent\`, \`status\`, \`outcome\`, \`startsAt\`, \`endsAt\`, \`timeZone\`, \`subject\`, \`body\`, \`agenda\`, \`conferenceUrl\`, \`source\`, \`pageUrl\`, \`bookedBy\`, \`bookedAt\`, \`confirmedAt\`, \`verified\`, \`claimed\`, \`clearedAt\`. ${VISITOR_SAID}`,
    },
    MEETING_CHANGE: {
      description:
        'An entry in the history of a meeting: `meetingId`, `at`, `kind`, `actor`, `actorKind`, `reason`, `reasonCode`, `outcome`, `startsAt`, `endsAt`, `previousStartsAt`, `agent`, `previousAgent`.',
    },
    MEETING_MAIL: {
      description:
        'What one address of the person was told of a meeting by mail: `meetingId`, `address`, `organizer`, `uid`, `revision`, `startsAt`, `endsAt`, `mails` (how many), `mailedAt`, `endedAt`.',
    },
    MEETING_REQUEST: {
      description: `A booking that its visitor had to confirm by mail, kept for some days: \`visitorId\`, \`email\`, \`claimed\`, \`agent\`, \`startsAt\`, \`endsAt\`, \`timeZone\`, \`agenda\`, \`pageUrl\`, \`conversationId\`, \`createdAt\`, \`expiresAt\`, \`meetingId\` (once it was confirmed). ${VISITOR_SAID}`,
    },
    DIALOGUE: {
      description:
        'A dialogue with the person: `dialogueId`, `visitorId` (the visit), `conversationId`, `pageUrl`, `startedAt`, `completedAt`, `endedAt`, `transcript` (what was shown and said), `answers`.',
    },
    COMPLETED_DIALOGUE: {
      description:
        'A dialogue that the person has completed while it was verified, and that is not shown to it again: `completedAt`. Its `id` is that of the dialogue.',
    },
  } satisfies Record<PartName, { description: string }>,
})

const PersonRecordRef = builder.objectRef<PersonRecord>('PersonRecord').implement({
  description: `One thing that is stored of a person. ${STAFF_TYPE}`,
  fields: (t) => ({
    kind: t.field({
      type: PersonRecordKindRef,
      description: 'What it is about.',
      resolve: ({ kind }) => kind,
    }),
    data: t.field({
      type: 'JSONObject',
      description:
        'What is stored, by the keys that `kind` lists. The `id` is one of the database, by which records refer to each other, and no global id.',
      resolve: ({ data }) => data,
    }),
  }),
})

const PersonExportRef = builder.objectRef<PersonExport>('PersonExport').implement({
  description: `A page of what is stored of a person. ${STAFF_TYPE}`,
  fields: (t) => ({
    records: t.field({
      type: [PersonRecordRef],
      description: `At most ${formatCount(MAX_RECORDS)} records, fewer if they are large: those of one kind after those of another, in the order of \`PersonRecordKind\`.`,
      resolve: ({ records }) => records,
    }),
    endCursor: t.exposeString('endCursor', {
      nullable: true,
      description: 'Pass it as `after` to read the next page; null on the last one.',
    }),
  }),
})

builder.queryField('exportPerson', (t) =>
  t.field({
    type: PersonExportRef,
    nullable: true,
    description: `All that is stored of one person, page by page, for an answer to whoever asks what is known of them. Of others it names agents only. ${REQUIRES} ${NULL_IF_REFUSED}`,
    args: {
      personId: t.arg.id({ required: true, description: 'The person.' }),
      after: t.arg.string({ description: 'The `endCursor` of the page before; omitted for the first page.' }),
    },
    resolve: (_root, { personId, after }, context) =>
      exportPerson(context, {
        personId: fromGlobalId('Person', { id: personId, field: 'personId' }),
        after,
      }),
  }),
)
