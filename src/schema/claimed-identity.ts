// Whether the customer's site vouches for the visitor of a conversation or a meeting, and what the visitor claims.
import { type Claim, readClaim } from '../services/people/claim.ts'
import { builder } from './builder.ts'
import { ConversationRef } from './conversation.ts'
import { MeetingRef } from './meeting.ts'
import { STAFF_ONLY } from './texts.ts'

const ClaimedIdentityRef = builder.objectRef<Claim>('ClaimedIdentity').implement({
  description:
    'What a visitor said of itself. Nobody has vouched for it: anybody can claim to be the owner of an e-mail address.',
  fields: (t) => ({
    email: t.expose('email', {
      type: 'EmailAddress',
      nullable: true,
      description: 'The e-mail address; null if the visitor gave none.',
    }),
    firstName: t.exposeString('firstName', {
      nullable: true,
      description: 'The first name; null if the visitor gave none.',
    }),
    lastName: t.exposeString('lastName', {
      nullable: true,
      description: 'The last name; null if the visitor gave none.',
    }),
    jobTitle: t.exposeString('jobTitle', {
      nullable: true,
      description: 'The job title; null if the visitor gave none.',
    }),
    phone: t.exposeString('phone', {
      nullable: true,
      description: 'The telephone number; null if the visitor gave none.',
    }),
    companyName: t.exposeString('companyName', {
      nullable: true,
      description: 'The name of the company; null if the visitor gave none.',
    }),
  }),
})

builder.prismaObjectFields(ConversationRef, (t) => ({
  verified: t.exposeBoolean('verified', {
    description:
      "Whether the customer's website vouched for the visitor as `person` (see `identityHash`) when the visitor last identified itself. It becomes false while the conversation is not over if the verification ends, and stays as it is afterwards. `ConversationChanged` reports each change.",
  }),
  claimed: t.field({
    type: ClaimedIdentityRef,
    nullable: true,
    description: `What the visitor said of itself up to the end of the conversation, if it is not \`verified\`; null if it is, or if it said nothing. It may differ from \`person\`, which staff can correct and others can claim to be. ${STAFF_ONLY}`,
    authScopes: { staff: true },
    select: { claimed: true },
    resolve: ({ claimed }) => readClaim(claimed),
  }),
}))

builder.prismaObjectField(MeetingRef, 'verified', (t) =>
  t.exposeBoolean('verified', {
    description:
      "Whether the customer's website had vouched for the visitor as `person` (see `identityHash`) when the meeting was booked, by the visitor or in the visitor's conversation. For one booked with the link of an earlier meeting, that of the earlier one. False for a meeting that an agent booked otherwise.",
  }),
)
