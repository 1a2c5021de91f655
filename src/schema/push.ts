// Browsers in which agents are notified of offers while they have no console open (Web Push).
import { NotFoundError } from '../errors.ts'
import { MESSAGE_NOTICE_EVERY_MS } from '../services/chat/presence/push-messages.ts'
import { requireStaff } from '../services/identity/viewer.ts'
import {
  MAX_ENDPOINT_LENGTH,
  MAX_LABEL_LENGTH,
  PUBLIC_KEY_BYTES,
  SECRET_BYTES,
} from '../services/notifications/push/push-subscription-input.ts'
import {
  MAX_PUSH_SUBSCRIPTIONS,
  registerPushSubscription,
} from '../services/notifications/push/register-push-subscription.ts'
import { unregisterPushSubscription } from '../services/notifications/push/unregister-push-subscription.ts'
import { formatDuration } from '../services/wording.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { PERSONAL } from './personal.ts'
import { atMost, GLOBAL_ID, NULL_IF_REFUSED, oneLine, STAFF_TOKEN } from './texts.ts'

const PushSubscriptionRef = builder.prismaNode('PushSubscription', {
  id: { field: 'id', description: GLOBAL_ID },
  description:
    'A browser in which an agent is notified of offers and conversations by Web Push while the agent has no console open. Visible to its agent only. It is removed when its push service reports that the subscription has ended.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    agent: t.relation('agent', {
      description: 'The agent who is notified. Its `pushSubscriptions` are all browsers of the agent.',
    }),
    label: t.exposeString('label', {
      nullable: true,
      description:
        'What the client that registered the browser calls it, for example `Firefox on Linux`; null if it gave no label.',
    }),
    endpoint: t.expose('endpoint', {
      type: 'URL',
      description:
        "The address of the subscription at the browser's push service. It is confidential: with it, anyone may be able to send messages to the browser.",
    }),
    registeredAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'The instant at which the agent first registered the browser.',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The instant at which the push service last accepted a message for the browser; null before the first.',
    }),
  }),
})

builder.prismaObjectField(AgentRef, 'pushSubscriptions', (t) =>
  t.field({
    type: [PushSubscriptionRef],
    nullable: true,
    description:
      'The browsers in which the agent is notified by Web Push, the first registered first. Null unless the agent is the viewer.',
    extensions: PERSONAL,
    select: (_arguments, _context, nestedSelection) => ({
      pushSubscriptions: nestedSelection({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }),
    }),
    resolve: ({ id, pushSubscriptions }, _arguments, { viewer }) =>
      viewer.kind === 'AGENT' && viewer.agentId === id ? pushSubscriptions : null,
  }),
)

builder.queryField('pushPublicKey', (t) =>
  t.string({
    nullable: true,
    description: `The \`applicationServerKey\` for the browser's \`pushManager.subscribe\`: a public key of P-256 in base64url, which never changes. ${STAFF_TOKEN} ${NULL_IF_REFUSED}`,
    resolve: (_root, _arguments, { viewer, push }) => {
      requireStaff(viewer)
      return push.publicKey
    },
  }),
)

const RegisterPushSubscriptionInput = builder.inputType('RegisterPushSubscriptionInput', {
  description: "A browser's push subscription, as its `toJSON()` returns it, and a label.",
  fields: (t) => ({
    endpoint: t.field({
      type: 'URL',
      required: true,
      description: `Its \`endpoint\`: an address that begins with \`https://\`, has no other port than that of \`https\` and is not in a private network. ${atMost(MAX_ENDPOINT_LENGTH)}`,
    }),
    p256dh: t.string({
      required: true,
      description: `Its \`keys.p256dh\`: an uncompressed point of P-256, ${PUBLIC_KEY_BYTES} bytes in base64url.`,
    }),
    auth: t.string({ required: true, description: `Its \`keys.auth\`: ${SECRET_BYTES} bytes in base64url.` }),
    label: t.string({
      description: `What to call the browser in the list of \`Agent.pushSubscriptions\`, for example \`Firefox on Linux\`. If omitted or null, a browser that the viewer has registered before keeps its label. ${oneLine(MAX_LABEL_LENGTH)}`,
    }),
  }),
})

builder.mutationField('registerPushSubscription', (t) =>
  t.field({
    type: PushSubscriptionRef,
    description: `Registers a browser in which the viewer is notified of offers and conversations while the viewer has no console open. A repeated call with the same endpoint replaces the keys, and takes the browser over from another agent of the workspace. An agent can register ${MAX_PUSH_SUBSCRIPTIONS} browsers; a further one replaces the oldest. A message is JSON, encrypted for the browser. Its \`kind\` is \`CHAT_OFFERED\`, with \`offerId\`, \`conversationId\`, \`personName\`, \`text\` (the beginning of the visitor's first message, or null) and \`expiresAt\`; or \`CHAT_OFFER_SETTLED\`, with \`offerId\` and \`state\`, once the notification of the offer should no longer be shown; or \`CHAT_UNATTENDED\`, with \`conversationId\`, \`personName\`, \`text\` (the beginning of the visitor's last message, or null) and \`unread\`, once when \`agentPresent\` of an active conversation of the viewer becomes false; or \`CHAT_MESSAGES\`, with the same fields, when its visitor has written while the viewer has no console open, at most once in ${formatDuration(MESSAGE_NOTICE_EVERY_MS)} for each conversation. Show one notification for each conversation (\`tag\`): the last message replaces those before. ${STAFF_TOKEN}`,
    errors: {},
    args: {
      input: t.arg({
        type: RegisterPushSubscriptionInput,
        required: true,
        description: 'The browser to register.',
      }),
    },
    resolve: (_root, { input }, context) => registerPushSubscription(context, input),
  }),
)

const UnregisterPushSubscriptionInput = builder.inputType('UnregisterPushSubscriptionInput', {
  description: 'A browser that is no longer to be notified.',
  fields: (t) => ({
    endpoint: t.field({
      type: 'URL',
      required: true,
      description: "The `endpoint` of one of the viewer's `pushSubscriptions`.",
    }),
  }),
})

builder.mutationField('unregisterPushSubscription', (t) =>
  t.field({
    type: AgentRef,
    description: `Removes a browser, in which the viewer is then no longer notified, and returns the viewer, whose \`pushSubscriptions\` are what is left. ${STAFF_TOKEN}`,
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({
        type: UnregisterPushSubscriptionInput,
        required: true,
        description: 'The browser.',
      }),
    },
    resolve: (_root, { input }, context) => unregisterPushSubscription(context, input),
  }),
)
