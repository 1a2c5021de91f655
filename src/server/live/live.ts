// Runs the subscriptions of a node: connects a validated operation to a sink, and sends it the answers.
import { GraphQLError } from 'graphql'
import type { App } from '../../app.ts'
import { EventGroups } from './event-groups.ts'
import { EventSubscription } from './event-subscription.ts'
import type { LiveOperation } from './live-operation.ts'
import type { Sink } from './sink.ts'
import { SlotGroups } from './slot-groups.ts'

export interface Live {
  /** @returns unsubscribe */
  subscribe(operation: LiveOperation, sink: Sink): () => void
  /** The open subscriptions over HTTP, each with its caller (see `callerAt`). */
  requests: Map<Sink, string>
  now(): Date
  /** What a client sees of an error. */
  mask(error: unknown): GraphQLError
}

/** @param options.mask also reports the fault */
export function createLive(options: {
  app: Pick<App, 'services' | 'live'>
  mask(error: unknown): GraphQLError
}): Live {
  const { services, live } = options.app
  const mask = (error: unknown) => withoutStatus(options.mask(error))
  const onFault = (error: unknown) => void mask(error)
  const groups = new EventGroups({ hub: live.events, onFault })
  const slotGroups = new SlotGroups({ slotFeed: live.slotFeed, onFault })
  return {
    mask,
    now: () => services.clock.now(),
    requests: new Map(),
    subscribe: (operation, sink) => {
      const { of } = operation.source
      if ('slots' in of) return slotGroups.join({ operation, feed: of.slots, sink })
      const subscription = new EventSubscription({
        services,
        live,
        groups,
        operation,
        source: of.events,
        sink,
        onFault,
      })
      subscription.start()
      return () => subscription.stop()
    },
  }
}

/** Removes the extensions from which Yoga would derive the status of an HTTP response. Clients must not see them. */
function withoutStatus({ message, nodes, source, positions, path, extensions }: GraphQLError): GraphQLError {
  const { http: _status, unexpected: _isFault, ...visible } = extensions
  return new GraphQLError(message, { nodes, source, positions, path, extensions: visible })
}
