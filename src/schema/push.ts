// Browsers in which agents are told of chats while no console of theirs is open (Web Push).
import { NotFoundError } from '../errors.ts'
import { requireStaff } from '../services/identity/viewer.ts'
import { registerPushSubscription } from '../services/notifications/push/register-push-subscription.ts'
import { removePushSubscription } from '../services/notifications/push/remove-push-subscription.ts'
import { builder } from './builder.ts'

const PushSubscriptionRef = builder.prismaObject('PushSubscription', {
  description:
    'A browser in which an agent is told of chat offers by Web Push, as long as no console of the agent is connected. Only its agent sees it. It goes by itself when its push service says that the browser does not want any more messages.',
  fields: (t) => ({
    endpoint: t.expose('endpoint', {
      type: 'URL',
      description: "The address at the browser's push service. Whoever knows it may send to it: keep it.",
    }),
    registeredAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When the agent first registered it.',
    }),
  }),
})

builder.queryField('pushPublicKey', (t) =>
  t.string({
    description:
      'The `applicationServerKey` with which a browser has to subscribe (`pushManager.subscribe`), in base64url: a public key of P-256. It stays the same. For staff.',
    resolve: (_root, _arguments, { viewer, push }) => {
      requireStaff(viewer)
      return push.publicKey
    },
  }),
)

const RegisterPushSubscriptionInput = builder.inputType('RegisterPushSubscriptionInput', {
  description: "A browser's push subscription, as `toJSON()` of it has it.",
  fields: (t) => ({
    endpoint: t.field({
      type: 'URL',
      required: true,
      description:
        'Its `endpoint`: begins with `https://`, at most 2048 characters, not in a private network.',
    }),
    p256dh: t.string({
      required: true,
      description: 'Its `keys.p256dh`: 65 bytes in base64url, an uncompressed point of P-256.',
    }),
    auth: t.string({ required: true, description: 'Its `keys.auth`: 16 bytes in base64url.' }),
  }),
})

builder.mutationField('registerPushSubscription', (t) =>
  t.field({
    type: PushSubscriptionRef,
    description:
      "Tells the viewer of chat offers in this browser too. A repeat with the same endpoint replaces the keys; a browser that was a colleague's is the viewer's from then on. Each agent has at most 10: with one more, the oldest goes. A message is JSON, encrypted for the browser: `kind` is `CHAT_OFFERED`, with `offerId`, `conversationId`, `personName`, `text` (the beginning of what the visitor wrote, or null) and `expiresAt`; or `CHAT_OFFER_SETTLED`, with `offerId` and `state`, when a notification of the offer is to go. For staff.",
    errors: {},
    args: {
      input: t.arg({ type: RegisterPushSubscriptionInput, required: true, description: 'The browser.' }),
    },
    resolve: (_root, { input }, context) => registerPushSubscription(context, input),
  }),
)

const RemovePushSubscriptionInput = builder.inputType('RemovePushSubscriptionInput', {
  description: 'A browser that is to be left alone.',
  fields: (t) => ({
    endpoint: t.field({
      type: 'URL',
      required: true,
      description: "The `endpoint` of its push subscription; one of the viewer's own.",
    }),
  }),
})

builder.mutationField('removePushSubscription', (t) =>
  t.field({
    type: PushSubscriptionRef,
    description:
      'Tells the viewer of no more chat offers in this browser, and answers the subscription as it was. For staff.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: RemovePushSubscriptionInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => removePushSubscription(context, input),
  }),
)
