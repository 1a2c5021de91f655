// The interface of all live events.
import { builder } from './builder.ts'
import { CURSOR_PLACEHOLDER } from './live-source.ts'

export const EventInterface = builder.interfaceRef<{ at: Date }>('Event').implement({
  description: 'A live event. See docs/delivery.md for what is promised about the delivery.',
  fields: (t) => ({
    cursor: t.field({
      type: 'EventCursor',
      description:
        'The position in the stream after this event. Keep the latest: with it as `after`, a new subscription resumes here.',
      resolve: () => CURSOR_PLACEHOLDER,
    }),
    at: t.expose('at', { type: 'DateTime', description: 'The instant at which it happened.' }),
  }),
})
