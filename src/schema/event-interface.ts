// What all live events have in common.
import { builder } from './builder.ts'
import { CURSOR_PLACEHOLDER } from './live-source.ts'

/** What subscriptions are executed for (see server/live). */
export interface Happening {
  /** The name of the type. */
  kind: string
  at: Date
  payload: Record<string, string>
}

export const EventInterface = builder.interfaceRef<Happening>('Event').implement({
  description: 'Something that happened, or that a subscriber must know. See docs/delivery.md.',
  fields: (t) => ({
    cursor: t.field({
      type: 'EventCursor',
      description:
        'The place in the stream after this. Keep the latest: with it as `after` a new subscription goes on from here.',
      resolve: () => CURSOR_PLACEHOLDER,
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
  }),
})
