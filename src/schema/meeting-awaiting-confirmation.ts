// What a booking answers that its visitor has yet to confirm by mail.
import type { MeetingRequest } from '../database/generated/client/client.ts'
import { RESERVED_FOR_MS, reservedUntilOf } from '../services/booking/confirmation/meeting-request.ts'
import { formatDuration } from '../services/wording.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'

/** Thrown, although nothing went wrong: a mutation returns one type, and besides it what it throws. The booking is stored
 * by then. */
export class MeetingAwaitingConfirmation extends Error {
  readonly request: MeetingRequest
  constructor(request: MeetingRequest) {
    super('The booking waits for its confirmation.')
    this.request = request
  }
}

builder.objectType(MeetingAwaitingConfirmation, {
  name: 'MeetingAwaitingConfirmation',
  description: `A meeting that is not booked yet, because the workspace asks unverified visitors to confirm bookings by mail (\`meetingSettings.confirmation\`). Its time is reserved for ${formatDuration(RESERVED_FOR_MS)}, until the visitor follows the link in the mail and confirms there. Then it becomes a \`Meeting\`, which \`meetings\` lists; a repeated call with the same idempotency key then returns it. Confirmed later, it is booked if the time is still free.`,
  fields: (t) => ({
    email: t.field({
      type: 'EmailAddress',
      description: 'The address to which the mail is sent.',
      resolve: ({ request }) => request.email,
    }),
    startsAt: t.field({
      type: 'DateTime',
      description: 'The instant at which the meeting would begin.',
      resolve: ({ request }) => request.startsAt,
    }),
    endsAt: t.field({
      type: 'DateTime',
      description: 'The instant at which the meeting would end.',
      resolve: ({ request }) => request.endsAt,
    }),
    agent: t.prismaField({
      type: AgentRef,
      description: 'The agent who has the time.',
      resolve: (query, { request }, _arguments, { database }) =>
        database.agent.findUniqueOrThrow({ ...query, where: { id: request.agentId } }),
    }),
    reservedUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: `The instant until which the time is reserved: ${formatDuration(RESERVED_FOR_MS)} after the booking. Holds of the viewer do not end it before; another booking of the viewer does. Null if it is not reserved, because many slots of the agent's day are held already: then it is booked if it is still free when the visitor confirms.`,
      resolve: ({ request }) => reservedUntilOf(request),
    }),
  }),
})
