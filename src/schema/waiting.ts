// The wait of a request for an agent with room.
import { readWaits, type Wait } from '../services/chat/waiting/read-waits.ts'
import { batched } from './batch.ts'
import { builder } from './builder.ts'
import { ConversationRef } from './conversation.ts'

const WaitingRef = builder.objectRef<Wait>('Waiting').implement({
  description:
    'The wait of a request: every agent who could take it has as many conversations as `chatsPerAgent`.',
  fields: (t) => ({
    place: t.exposeInt('place', {
      description:
        'The place in the queue of the requests to the same agent, team or round robin, oldest first; 1 is next.',
    }),
    estimatedSeconds: t.exposeInt('estimatedSeconds', {
      nullable: true,
      description:
        'In how many seconds it may be the turn of this request, from how long the latest conversations lasted; null if that is unknown. It is no promise.',
    }),
    until: t.expose('until', {
      type: 'DateTime',
      description:
        'The instant at which the conversation is `MISSED` if no agent has had room. After an outage of the service it is later, by the length of the outage.',
    }),
  }),
})

const loadWait = batched(({ database }, ids) => readWaits(database, ids))

builder.prismaObjectField(ConversationRef, 'waiting', (t) =>
  t.field({
    type: WaitingRef,
    nullable: true,
    description:
      'The place in the queue while the conversation is `REQUESTED`; null in all other states. `ConversationChanged` tells when the place changes, at most twice a second.',
    select: { state: true },
    resolve: ({ id, state }, _arguments, context) => (state === 'REQUESTED' ? loadWait(context, id) : null),
  }),
)
