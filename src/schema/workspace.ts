// The workspace: a company that uses the product, with its settings.
import type { Workspace } from '../database/generated/client/client.ts'
import { ConflictError } from '../errors.ts'
import { requirePermission, requireSignedIn } from '../services/identity/viewer.ts'
import { replaceIdentitySecret } from '../services/workspaces/replace-identity-secret.ts'
import { updateWorkspace } from '../services/workspaces/update-workspace.ts'
import { builder } from './builder.ts'
import { FallbackRef } from './shared.ts'

const CHAT_ENABLED = 'Whether visitors can ask for a live chat.'
const BLOCKED_DOMAINS =
  'The e-mail domains of people who get no live chat, for example `rival.example`. Their subdomains count too.'
const OFFER_TIMEOUT = 'How many seconds an agent has to accept a chat before it is offered to the next.'
const MAX_OFFERS = 'To how many agents a chat is offered, one after the other, before it counts as missed.'
const CHATS_PER_AGENT = 'How many chats, offers that wait for an answer included, an agent may have at once.'
const IDLE_TIMEOUT = 'After how many minutes without a message from either side a chat ends.'
const RESETS_AT_MIDNIGHT =
  "Whether an agent who was made available by hand stays so no longer than until the next midnight of the agent's hours."
const CHAT_FALLBACK = 'What a visitor is shown when nobody takes the chat.'

const SlotOfferRef = builder.enumType('SlotOffer', {
  description: 'Which slots visitors are shown when several agents could take a meeting.',
  values: {
    ANY_AGENT: { description: 'Those of all of them.' },
    NEXT_AGENT: { description: 'Only those of the agent whose turn it is.' },
  },
})

const MeetingSettingsRef = builder.objectRef<Workspace>('MeetingSettings').implement({
  description: 'What holds for all meetings of the workspace.',
  fields: (t) => ({
    fallback: t.field({
      type: FallbackRef,
      description: 'What a visitor is shown when nobody takes meetings.',
      resolve: ({ fallbackMessage: message, fallbackOfferMeeting: offerMeeting }) => ({
        message,
        offerMeeting,
      }),
    }),
    slotOffer: t.expose('slotOffer', {
      type: SlotOfferRef,
      description: 'Which slots visitors are shown when several agents could take a meeting.',
    }),
  }),
})

const LiveChatSettingsRef = builder.objectRef<Workspace>('LiveChatSettings').implement({
  description: 'What holds for all live chats of the workspace.',
  fields: (t) => ({
    offerTimeoutSeconds: t.exposeInt('offerTimeoutSeconds', { description: OFFER_TIMEOUT }),
    maxOffersPerRequest: t.exposeInt('maxOffersPerRequest', { description: MAX_OFFERS }),
    chatsPerAgent: t.exposeInt('chatsPerAgent', { description: CHATS_PER_AGENT }),
    idleTimeoutMinutes: t.exposeInt('idleTimeoutMinutes', { description: IDLE_TIMEOUT }),
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
  id: { field: 'id', description: 'Global id.' },
  description:
    'A company that uses the product. Visitors may read its name; the other fields are for its staff.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'For example `Acme`.' }),
    streamHead: t.field({
      type: 'EventCursor',
      nullable: true,
      description:
        'Where the stream of `workspaceEvents` stood before anything of this answer was read: to subscribe from once it is shown. Null for anybody but staff.',
      resolve: (_workspace, _arguments, { streamHeads }) => streamHeads?.workspace ?? null,
    }),
    timeZone: t.expose('timeZone', {
      type: 'TimeZone',
      description: 'The zone that new agents begin with. Staff only.',
      authScopes: { staff: true },
    }),
    publicKey: t.exposeString('publicKey', {
      description:
        "What the website's snippet carries, for `startVisit`. It names the workspace and is no secret. Staff only.",
      authScopes: { staff: true },
    }),
    allowedOrigins: t.expose('allowedOrigins', {
      type: ['URL'],
      description:
        'The websites whose pages may call this API, for example `https://www.acme.com`. Staff only.',
      authScopes: { staff: true },
    }),
    identitySecret: t.string({
      nullable: true,
      description:
        "The key with which the website's own server vouches for its visitors (`identityHash`): 32 bytes, as 64 hexadecimal digits. It must never reach a browser. Needs MANAGE_PRIVACY_AND_SECURITY; without it null, and an error.",
      resolve: ({ identitySecret }, _arguments, { viewer }) => {
        requirePermission(viewer, 'MANAGE_PRIVACY_AND_SECURITY')
        return Buffer.from(identitySecret).toString('hex')
      },
    }),
    chatEnabled: t.exposeBoolean('chatEnabled', {
      description: `${CHAT_ENABLED} Staff only.`,
      authScopes: { staff: true },
    }),
    blockedEmailDomains: t.exposeStringList('blockedEmailDomains', {
      description: `${BLOCKED_DOMAINS} Staff only.`,
      authScopes: { staff: true },
    }),
    liveChatSettings: t.field({
      type: LiveChatSettingsRef,
      description: 'What holds for all live chats. Staff only.',
      authScopes: { staff: true },
      resolve: (workspace) => workspace,
    }),
    meetingSettings: t.field({
      type: MeetingSettingsRef,
      description: 'What holds for all meetings. Staff only.',
      authScopes: { staff: true },
      resolve: (workspace) => workspace,
    }),
  }),
})

builder.queryField('workspace', (t) =>
  t.prismaField({
    type: WorkspaceRef,
    description: 'The workspace of the viewer. For everybody who is signed in.',
    resolve: (query, _root, _arguments, { viewer, database }) =>
      database.workspace.findUniqueOrThrow({
        ...query,
        where: { id: requireSignedIn(viewer).workspaceId },
      }),
  }),
)

const FallbackInput = builder.inputType('FallbackInput', {
  description: 'What a visitor is shown when nobody can be found. What is left out stays.',
  fields: (t) => ({
    message: t.string({ description: 'Text for the visitor, 1 to 1000 characters.' }),
    offerMeeting: t.boolean({ description: 'Whether to offer booking a meeting at another time.' }),
  }),
})

const MeetingSettingsInput = builder.inputType('MeetingSettingsInput', {
  description: 'What is to hold for all meetings. What is left out stays.',
  fields: (t) => ({
    slotOffer: t.field({
      type: SlotOfferRef,
      description: 'Which slots visitors are shown when several agents could take a meeting.',
    }),
    fallback: t.field({
      type: FallbackInput,
      description: 'What a visitor is shown when nobody takes meetings.',
    }),
  }),
})

const LiveChatSettingsInput = builder.inputType('LiveChatSettingsInput', {
  description: 'What is to hold for all live chats. What is left out stays.',
  fields: (t) => ({
    offerTimeoutSeconds: t.int({ description: `${OFFER_TIMEOUT} 10 to 600; at first 100.` }),
    maxOffersPerRequest: t.int({ description: `${MAX_OFFERS} 1 to 10; at first 2.` }),
    chatsPerAgent: t.int({
      description: `${CHATS_PER_AGENT} 1 to 10; at first 5. Chats that are running go on.`,
    }),
    idleTimeoutMinutes: t.int({ description: `${IDLE_TIMEOUT} 1 to 1440; at first 10.` }),
    toggleResetsAtMidnight: t.boolean({ description: `${RESETS_AT_MIDNIGHT} At first not.` }),
    fallback: t.field({ type: FallbackInput, description: CHAT_FALLBACK }),
  }),
})

const UpdateWorkspaceInput = builder.inputType('UpdateWorkspaceInput', {
  description: 'Settings of the workspace. What is left out stays.',
  fields: (t) => ({
    name: t.string({ description: 'One line, at most 100 characters.' }),
    timeZone: t.field({ type: 'TimeZone', description: 'The zone that new agents begin with.' }),
    allowedOrigins: t.field({
      type: ['URL'],
      description:
        'The websites whose pages may call this API, at most 50: scheme, host and port, for example `https://www.acme.com`. All others are taken off.',
    }),
    chatEnabled: t.boolean({ description: CHAT_ENABLED }),
    blockedEmailDomains: t.stringList({
      description: `${BLOCKED_DOMAINS} At most 500. All others are taken off.`,
    }),
    liveChatSettings: t.field({
      type: LiveChatSettingsInput,
      description: 'What is to hold for all live chats.',
    }),
    meetingSettings: t.field({
      type: MeetingSettingsInput,
      description: 'What is to hold for all meetings.',
    }),
  }),
})

builder.mutationField('updateWorkspace', (t) =>
  t.field({
    type: WorkspaceRef,
    description: 'Changes settings of the workspace. Needs MANAGE_CONFIGURATION.',
    errors: {},
    args: { input: t.arg({ type: UpdateWorkspaceInput, required: true, description: 'The settings.' }) },
    resolve: (_root, { input }, context) => updateWorkspace(context, input),
  }),
)

const ReplaceIdentitySecretInput = builder.inputType('ReplaceIdentitySecretInput', {
  description: 'A new identity secret.',
  fields: (t) => ({
    idempotencyKey: t.string({
      description: 'A repeat with the same key makes no other secret. At most 200 characters.',
    }),
  }),
})

builder.mutationField('replaceIdentitySecret', (t) =>
  t.field({
    type: WorkspaceRef,
    description:
      "Makes a new `Workspace.identitySecret`. What the old one vouched for counts no more: visitors see only what they did themselves until the website's server vouches for them again. Needs MANAGE_PRIVACY_AND_SECURITY.",
    errors: { types: [ConflictError] },
    args: { input: t.arg({ type: ReplaceIdentitySecretInput, required: true, description: 'The call.' }) },
    resolve: (_root, { input }, context) => replaceIdentitySecret(context, input),
  }),
)
