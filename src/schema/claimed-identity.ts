// Whether the customer's site vouches for the visitor of a conversation or a meeting, and what the visitor claims.
import { isDeepStrictEqual } from 'node:util'
import { type Claim, NOTHING_CLAIMED, readClaim } from '../services/people/claim.ts'
import { builder } from './builder.ts'
import { ConversationRef } from './conversation.ts'
import { MeetingRef } from './meeting.ts'
import { CompanyRef, companyOf, DESCRIBED } from './person.ts'
import { STAFF_ONLY } from './texts.ts'

const CHANGES_NOBODY =
  'It may differ from `person`: claims change only a person that was made of them. Take over what is right with `updatePerson`.'

const ClaimedIdentityRef = builder.objectRef<Claim>('ClaimedIdentity').implement({
  description:
    'What a visitor said of itself. Nobody has vouched for it: anybody can claim to be the owner of an e-mail address.',
  fields: (t) => ({
    email: t.expose('email', { type: 'EmailAddress', nullable: true, description: DESCRIBED.email }),
    firstName: t.exposeString('firstName', { nullable: true, description: DESCRIBED.firstName }),
    lastName: t.exposeString('lastName', { nullable: true, description: DESCRIBED.lastName }),
    jobTitle: t.exposeString('jobTitle', { nullable: true, description: DESCRIBED.jobTitle }),
    phone: t.exposeString('phone', { nullable: true, description: DESCRIBED.phone }),
    company: t.field({
      type: CompanyRef,
      nullable: true,
      description: DESCRIBED.company,
      resolve: companyOf,
    }),
    attributes: t.expose('attributes', { type: 'JSONObject', description: DESCRIBED.attributes }),
  }),
})

/** What staff sees of a claim. */
function toIdentity(stored: unknown): Claim | null {
  const claim = readClaim(stored)
  return isDeepStrictEqual(claim, NOTHING_CLAIMED) ? null : claim
}

builder.prismaObjectFields(ConversationRef, (t) => ({
  verified: t.exposeBoolean('verified', {
    description:
      "Whether the customer's website vouched for the visitor as `person` (see `identityHash`) when the visitor last identified itself. It becomes false while the conversation is not over if the verification ends, and stays as it is afterwards. `ConversationChanged` reports each change.",
  }),
  claimed: t.field({
    type: ClaimedIdentityRef,
    nullable: true,
    description: `What the visitor said of itself up to the end of the conversation, if it is not \`verified\`; null if it is, or if it said nothing. ${CHANGES_NOBODY} ${STAFF_ONLY}`,
    authScopes: { staff: true },
    select: { claimed: true },
    resolve: ({ claimed }) => toIdentity(claimed),
  }),
}))

builder.prismaObjectFields(MeetingRef, (t) => ({
  verified: t.exposeBoolean('verified', {
    description:
      "Whether the customer's website had vouched for the visitor as `person` (see `identityHash`) when the meeting was booked, by the visitor or in the visitor's conversation. For one booked with the link of an earlier meeting, that of the earlier one. False for a meeting that an agent booked otherwise.",
  }),
  claimed: t.field({
    type: ClaimedIdentityRef,
    nullable: true,
    description: `What the visitor who booked the meeting had said of itself by then, if it was not \`verified\`: \`subject\` and \`body\` show that. Null if it was verified or had said nothing, and for a meeting that an agent booked. ${CHANGES_NOBODY} ${STAFF_ONLY}`,
    authScopes: { staff: true },
    select: { claimed: true },
    resolve: ({ claimed }) => toIdentity(claimed),
  }),
}))
