// The live part of the server, one for each node: takes a validated subscription and a sink, and sends what happens.
import { GraphQLError } from 'graphql'
import type { App } from '../../app.ts'
import { EventGroups } from './event-groups.ts'
import { EventSubscription } from './event-subscription.ts'
import type { LiveOperation } from './live-operation.ts'
import type { Sink } from './sink.ts'
import { SlotGroups } from './slot-groups.ts'

export interface Live {
  /** @returns stops the subscription */
  subscribe(operation: LiveOperation, sink: Sink): () => void
  /** The subscriptions over HTTP that are open, each with its caller (see `callerOf`). */
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
        ...{ services, live, groups, onFault },
        ...{ operation, source: of.events, sink },
      })
      subscription.start()
      return () => subscription.stop()
    },
  }
}

/** What of an error's extensions is for Yoga, which makes the status of a response of it, is not sent. */
function withoutStatus({ message, nodes, source, positions, path, extensions }: GraphQLError): GraphQLError {
  const { http: _status, unexpected: _isFault, ...told } = extensions
  return new GraphQLError(message, { nodes, source, positions, path, extensions: told })
}
