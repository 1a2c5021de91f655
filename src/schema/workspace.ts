// The workspace: a company that uses Switchboard, with its settings.
import type { Workspace } from '../database/generated/client/client.ts'
import { requirePermission, requireSignedIn } from '../services/identity/viewer.ts'
import { MAX_NAME_LENGTH } from '../services/input.ts'
import { IDENTITY_SECRET_BYTES } from '../services/people/identity-hash.ts'
import { LIVE_CHAT_DEFAULTS } from '../services/workspaces/create-workspace.ts'
import {
  LIVE_CHAT_BOUNDS,
  MAX_BLOCKED_EMAILS,
  MAX_ORIGINS,
  updateWorkspace,
} from '../services/workspaces/update-workspace.ts'
import { builder } from './builder.ts'
import { FallbackInput, MeetingSettingsInput, MeetingSettingsRef } from './meeting-settings.ts'
import { PERSONAL } from './personal.ts'
import { FallbackRef } from './shared.ts'
import {
  ANY_TOKEN,
  between,
  GLOBAL_ID,
  OMITTED_OR_NULL_STAYS,
  oneLine,
  STAFF_ONLY,
  streamHeadOf,
} from './texts.ts'

const TIME_ZONE = 'The initial time zone of the hours of new agents.'
const ORIGINS =
  'The origins of the websites whose pages may call this API, for example `https://www.acme.com`.'
const CHAT_ENABLED =
  'Whether visitors can request a live chat, and get dialogues. While it is false, dialogues stay published.'
const BLOCKED_EMAILS =
  'The blocked e-mail addresses and domains, for example `eve@rival.example` or `rival.example`. Visitors with one of these addresses, or with an address at one of these domains or at a subdomain, can neither book meetings nor request live chats. Staff can book meetings for them.'
const BLOCKS_DISPOSABLE =
  'Whether addresses at domains that give out disposable mailboxes, for example `mailinator.com`, are blocked too. The list of these domains is part of the version of Switchboard.'
const VISIT_PROTECTION = 'What a visit needs once many have begun from one client address.'
const PHONE_COUNTRY =
  'The country whose phone numbers need no country code, as ISO 3166 has it, for example `US`.'
const OFFER_TIMEOUT =
  'How many seconds an agent has to accept an offer before the live chat is offered to the next agent.'
const MAX_OFFERS = 'How many agents are offered a live chat, one after the other, before it is missed.'
const CHATS_PER_AGENT = 'How many conversations an agent may have at the same time, including pending offers.'
const IDLE_TIMEOUT =
  'After how many minutes in which neither side writes or types a conversation ends. Both sides are warned before (`IdleWarning`).'
const REOFFER_AFTER =
  'After how many seconds without a console of its agent an active conversation is offered to another agent, though not while `agentPresent` is true; 0: never. It stays with its agent until another accepts.'
const WAIT =
  'How many seconds a request waits while every agent who takes live chats has as many as `chatsPerAgent`; 0: it is missed at once.'
const RESETS_AT_MIDNIGHT =
  "Whether a toggle to available ends no later than at the next midnight, in the time zone of the agent's hours."
const CHAT_FALLBACK = 'What a visitor is shown when a live chat is missed.'

const VisitProtectionRef = builder.enumType('VisitProtection', {
  description: VISIT_PROTECTION,
  values: {
    NONE: { description: 'Nothing, within the budgets.' },
    PROOF_OF_WORK: {
      description:
        'The solution of a small computation, which costs a visitor about a second (`ProofOfWorkRequiredError`). The website must be able to solve it.',
    },
  },
})

const LiveChatSettingsRef = builder.objectRef<Workspace>('LiveChatSettings').implement({
  description: 'The settings for all live chats of the workspace.',
  fields: (t) => ({
    offerTimeoutSeconds: t.exposeInt('offerTimeoutSeconds', { description: OFFER_TIMEOUT }),
    maxOffersPerRequest: t.exposeInt('maxOffersPerRequest', { description: MAX_OFFERS }),
    chatsPerAgent: t.exposeInt('chatsPerAgent', { description: CHATS_PER_AGENT }),
    idleTimeoutMinutes: t.exposeInt('idleTimeoutMinutes', { description: IDLE_TIMEOUT }),
    reofferAfterSeconds: t.exposeInt('reofferAfterSeconds', { description: REOFFER_AFTER }),
    waitSeconds: t.exposeInt('waitSeconds', { description: WAIT }),
    toggleResetsAtMidnight: t.exposeBoolean('toggleResetsAtMidnight', { description: RESETS_AT_MIDNIGHT }),
    fallback: t.field({
      type: FallbackRef,
      description: CHAT_FALLBACK,
      resolve: ({ chatFallbackMessage: message, chatFallbackOfferMeeting: offerMeeting }) => ({
        message,
        offerMeeting,
      }),
    }),
  }),
})

export const WorkspaceRef = builder.prismaNode('Workspace', {
  id: { field: 'id', description: GLOBAL_ID },
  description:
    'A company that uses Switchboard. Visitors can read `id` and `name`; the other fields are for staff.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name, for example `Acme`.' }),
    streamHead: t.field({
      extensions: PERSONAL,
      type: 'EventCursor',
      nullable: true,
      description: `${streamHeadOf('workspaceEvents')} Null for viewers who are not staff.`,
      resolve: (_workspace, _arguments, { streamHeads }) => streamHeads?.workspace ?? null,
    }),
    timeZone: t.expose('timeZone', {
      type: 'TimeZone',
      description: `${TIME_ZONE} ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    publicKey: t.exposeString('publicKey', {
      description: `The public key for \`startVisit\`, which the website's snippet contains. It identifies the workspace and is not secret. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    allowedOrigins: t.expose('allowedOrigins', {
      type: ['URL'],
      description: `${ORIGINS} ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    identitySecret: t.string({
      nullable: true,
      description: `The secret key with which the website's own server computes the \`identityHash\` of a visitor: ${IDENTITY_SECRET_BYTES} bytes, as ${2 * IDENTITY_SECRET_BYTES} hexadecimal digits. It must never reach a browser. Requires MANAGE_PRIVACY_AND_SECURITY; without it, the field is null and the response has an error.`,
      resolve: ({ identitySecret }, _arguments, { viewer }) => {
        requirePermission(viewer, 'MANAGE_PRIVACY_AND_SECURITY')
        return Buffer.from(identitySecret).toString('hex')
      },
    }),
    chatEnabled: t.exposeBoolean('chatEnabled', {
      description: `${CHAT_ENABLED} ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    blockedEmails: t.exposeStringList('blockedEmails', {
      description: `${BLOCKED_EMAILS} ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    blocksDisposableEmails: t.exposeBoolean('blocksDisposableEmails', {
      description: `${BLOCKS_DISPOSABLE} ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    phoneCountry: t.exposeString('phoneCountry', {
      nullable: true,
      description: `${PHONE_COUNTRY} Null: all numbers need one. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    visitProtection: t.expose('visitProtection', {
      type: VisitProtectionRef,
      description: `${VISIT_PROTECTION} ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    liveChatSettings: t.field({
      type: LiveChatSettingsRef,
      description: `The settings for all live chats. ${STAFF_ONLY}`,
      authScopes: { staff: true },
      resolve: (workspace) => workspace,
    }),
    meetingSettings: t.field({
      type: MeetingSettingsRef,
      description: `The settings for all meetings. ${STAFF_ONLY}`,
      authScopes: { staff: true },
      resolve: (workspace) => workspace,
    }),
  }),
})

builder.queryField('workspace', (t) =>
  t.prismaField({
    type: WorkspaceRef,
    description: `The viewer's workspace. ${ANY_TOKEN}`,
    resolve: (query, _root, _arguments, { viewer, database }) =>
      database.workspace.findUniqueOrThrow({
        ...query,
        where: { id: requireSignedIn(viewer).workspaceId },
      }),
  }),
)

const LiveChatSettingsInput = builder.inputType('LiveChatSettingsInput', {
  description: `Changes to the settings for all live chats. ${OMITTED_OR_NULL_STAYS}`,
  fields: (t) => ({
    offerTimeoutSeconds: t.int({
      description: `${OFFER_TIMEOUT} ${between(LIVE_CHAT_BOUNDS.offerTimeoutSeconds)}; initially ${LIVE_CHAT_DEFAULTS.offerTimeoutSeconds}.`,
    }),
    maxOffersPerRequest: t.int({
      description: `${MAX_OFFERS} ${between(LIVE_CHAT_BOUNDS.maxOffersPerRequest)}; initially ${LIVE_CHAT_DEFAULTS.maxOffersPerRequest}.`,
    }),
    chatsPerAgent: t.int({
      description: `${CHATS_PER_AGENT} ${between(LIVE_CHAT_BOUNDS.chatsPerAgent)}; initially ${LIVE_CHAT_DEFAULTS.chatsPerAgent}. Lowering it ends no conversation.`,
    }),
    idleTimeoutMinutes: t.int({
      description: `${IDLE_TIMEOUT} ${between(LIVE_CHAT_BOUNDS.idleTimeoutMinutes)}; initially ${LIVE_CHAT_DEFAULTS.idleTimeoutMinutes}.`,
    }),
    reofferAfterSeconds: t.int({
      description: `${REOFFER_AFTER} ${between(LIVE_CHAT_BOUNDS.reofferAfterSeconds)}; initially ${LIVE_CHAT_DEFAULTS.reofferAfterSeconds}.`,
    }),
    waitSeconds: t.int({
      description: `${WAIT} ${between(LIVE_CHAT_BOUNDS.waitSeconds)}; initially ${LIVE_CHAT_DEFAULTS.waitSeconds}. Requests that wait already keep their time.`,
    }),
    toggleResetsAtMidnight: t.boolean({ description: `${RESETS_AT_MIDNIGHT} Initially false.` }),
    fallback: t.field({ type: FallbackInput, description: CHAT_FALLBACK }),
  }),
})

const UpdateWorkspaceInput = builder.inputType('UpdateWorkspaceInput', {
  description: `Changes to the workspace. ${OMITTED_OR_NULL_STAYS}`,
  fields: (t) => ({
    name: t.string({ description: `The name. ${oneLine(MAX_NAME_LENGTH)}` }),
    timeZone: t.field({ type: 'TimeZone', description: TIME_ZONE }),
    allowedOrigins: t.field({
      type: ['URL'],
      description: `${ORIGINS} Each has a scheme, a host and optionally a port. At most ${MAX_ORIGINS}; they replace the present ones.`,
    }),
    chatEnabled: t.boolean({ description: CHAT_ENABLED }),
    blockedEmails: t.stringList({
      description: `${BLOCKED_EMAILS} At most ${MAX_BLOCKED_EMAILS}; they replace the present ones.`,
    }),
    blocksDisposableEmails: t.boolean({ description: BLOCKS_DISPOSABLE }),
    phoneCountry: t.string({
      description: `${PHONE_COUNTRY} An empty text for none: then all numbers need a country code.`,
    }),
    visitProtection: t.field({ type: VisitProtectionRef, description: VISIT_PROTECTION }),
    liveChatSettings: t.field({
      type: LiveChatSettingsInput,
      description: 'Changes to the settings for all live chats.',
    }),
    meetingSettings: t.field({
      type: MeetingSettingsInput,
      description: 'Changes to the settings for all meetings.',
    }),
  }),
})

builder.mutationField('updateWorkspace', (t) =>
  t.field({
    type: WorkspaceRef,
    description: 'Changes the workspace and its settings. Requires MANAGE_CONFIGURATION.',
    errors: {},
    args: { input: t.arg({ type: UpdateWorkspaceInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) => updateWorkspace(context, input),
  }),
)
