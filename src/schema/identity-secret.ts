// Replaces the secret with which a customer's website verifies its visitors.
import { ConflictError } from '../errors.ts'
import { replaceIdentitySecret } from '../services/workspaces/replace-identity-secret.ts'
import { builder } from './builder.ts'
import { IDEMPOTENCY_KEY } from './texts.ts'
import { WorkspaceRef } from './workspace.ts'

const ReplaceIdentitySecretInput = builder.inputType('ReplaceIdentitySecretInput', {
  description: 'A new identity secret.',
  fields: (t) => ({
    idempotencyKey: t.string({
      description: IDEMPOTENCY_KEY,
    }),
  }),
})

builder.mutationField('replaceIdentitySecret', (t) =>
  t.field({
    type: WorkspaceRef,
    description:
      "Replaces `Workspace.identitySecret`. Visitors verified with the former secret are no longer verified: they see only what they did themselves until the website's own server verifies them again. Requires MANAGE_PRIVACY_AND_SECURITY.",
    errors: { types: [ConflictError] },
    args: {
      input: t.arg({
        type: ReplaceIdentitySecretInput,
        required: true,
        description: 'The request for a new secret.',
      }),
    },
    resolve: (_root, { input }, context) => replaceIdentitySecret(context, input),
  }),
)
