// Which account of the identity provider an agent signs in with.
import { NotFoundError } from '../errors.ts'
import { resetSignIn } from '../services/agents/reset-sign-in.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { fromGlobalId } from './global-id.ts'

const ResetSignInInput = builder.inputType('ResetSignInInput', {
  description: 'An agent who is to sign in anew.',
  fields: (t) => ({ agentId: t.id({ required: true, description: 'The agent.' }) }),
})

builder.mutationField('resetSignIn', (t) =>
  t.field({
    type: AgentRef,
    description:
      "Forgets which account of the identity provider the agent is, for example because the account was created anew or belongs to somebody else. The account loses access at once: subscriptions of the agent receive `ResetRequired` with the reason `ACCESS_CHANGED`. The next account that signs in with the agent's verified e-mail address is the agent from then on, so change the address first if the former account has it. Has no effect on an agent who has not signed in yet. Requires MANAGE_AGENTS.",
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({ type: ResetSignInInput, required: true, description: 'The agent to sign in anew.' }),
    },
    resolve: (_root, { input }, context) =>
      resetSignIn(context, fromGlobalId('Agent', { id: input.agentId, field: 'input.agentId' })),
  }),
)
