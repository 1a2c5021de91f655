// The interface of all live events.
import { builder } from './builder.ts'
import { CURSOR_PLACEHOLDER } from './live-source.ts'

/** The root value with which a subscription is executed (server/live). */
export interface Happening {
  /** The name of the type. */
  kind: string
  at: Date
  payload: Record<string, string>
}

export const EventInterface = builder.interfaceRef<Happening>('Event').implement({
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
