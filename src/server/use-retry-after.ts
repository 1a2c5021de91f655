// Says in a header when a call that a budget refused may come again, also if the refusal is the result of a mutation.
import type { Plugin, YogaInitialContext } from 'graphql-yoga'
import type { SchemaContext } from '../schema/context.ts'
import { SECOND } from '../services/time.ts'

/** Adds `Retry-After` to the response of an operation of which something was refused. */
export function useRetryAfter(): Plugin {
  return {
    onExecute({ args }) {
      const { client, clock } = args.contextValue as YogaInitialContext & SchemaContext
      return {
        onExecuteDone({ result, setResult }) {
          const seconds = client.refusals.flatMap(({ resetsAt }) =>
            resetsAt === null ? [] : [Math.ceil((resetsAt.getTime() - clock.now().getTime()) / SECOND)],
          )
          if (Symbol.asyncIterator in result || seconds.length === 0) return
          const headers = { 'retry-after': `${Math.max(1, ...seconds)}` }
          // Yoga takes the headers from here, and does not send the extension.
          setResult({ ...result, extensions: { ...result.extensions, http: { headers } } })
        },
      }
    },
  }
}
