// One operation on a socket: it is checked like an HTTP request, then subscribed. An invalid or refused operation ends
// alone; the socket and its other operations stay. An internal error closes the socket, because clients of graphql-ws
// retry then, and not after an `error` message.
import { type DocumentNode, type ExecutionArgs, GraphQLError, getOperationAST } from 'graphql'
import type { Context, SubscribePayload } from 'graphql-ws'
import type { App } from '../../app.ts'
import { UnauthenticatedError, WorkspaceRequiredError } from '../../errors.ts'
import { createContext } from '../context.ts'
import { CloseCode, closeSocket } from './close-socket.ts'
import { isRetryable } from './is-retryable.ts'
import type { Live } from './live.ts'
import { LiveIterator } from './live-iterator.ts'
import { type LiveOperation, openOperation } from './live-operation.ts'
import type { Connection, SocketOptions } from './socket-options.ts'
import { createSocketSink } from './socket-sink.ts'

interface SocketArgs extends ExecutionArgs {
  operation: LiveOperation
  connection: Connection
  id: string
  iterator: LiveIterator
}

interface Request {
  context: Context<Record<string, unknown>, Connection>
  id: string
  payload: SubscribePayload
}

/** @returns what `subscribeSocket` needs, or the errors for the client. If the client stops the operation meanwhile,
 * the promise never settles: graphql-ws would answer by the operation's id, which the client may have reused. */
export async function openSocketOperation(
  server: { app: App; options: SocketOptions },
  request: Request,
): Promise<SocketArgs | readonly GraphQLError[]> {
  const iterator = new LiveIterator()
  // graphql-ws stores a mere placeholder here until the operation has been opened. With the iterator in its place the
  // client can stop the operation already.
  request.context.subscriptions[request.id] = iterator
  const opened = await open(server, { ...request, iterator })
  return iterator.isStopped ? new Promise(() => {}) : opened
}

async function open(
  { app, options }: { app: App; options: SocketOptions },
  { context, id, payload, iterator }: Request & { iterator: LiveIterator },
): Promise<SocketArgs | readonly GraphQLError[]> {
  const { limits, graphql } = options
  const { live } = graphql
  const { extra: connection, subscriptions } = context
  if (Object.keys(subscriptions).length > limits.maxOperationsPerSocket) {
    return [refusal('TOO_MANY_OPERATIONS', `At most ${limits.maxOperationsPerSocket} at the same time.`)]
  }
  try {
    const args = await toExecutionArgs({ app, options }, { connection, payload })
    if (Array.isArray(args)) return args
    const operation = await openOperation(args as ExecutionArgs, live.mask)
    if (!('source' in operation)) return operation.errors ?? []
    return { ...(args as ExecutionArgs), operation, connection, id, iterator }
  } catch (error) {
    if (error instanceof UnauthenticatedError || error instanceof WorkspaceRequiredError) {
      closeSocket(connection.socket, { code: CloseCode.Forbidden, reason: 'Forbidden' })
    } else if (isRetryable(error)) {
      closeSocket(connection.socket, { code: CloseCode.TryAgainLater, reason: 'Try again later' })
    }
    return [live.mask(error)]
  }
}

/** Authenticates again, because the caller's permissions can have changed since the socket was opened. */
async function toExecutionArgs(
  { app, options }: { app: App; options: SocketOptions },
  { connection, payload }: { connection: Connection; payload: SubscribePayload },
): Promise<ExecutionArgs | GraphQLError[]> {
  const { operationName, variables } = payload
  const session = await app.authenticate(connection.credentials)
  const query = (await options.graphql.documents.find(payload, async () => session.viewer)) ?? ''
  const contextValue = await createContext(app, {
    session,
    origin: connection.origin,
    address: connection.address,
    query,
    maxCost: options.limits.maxCost,
  })
  const { schema, parse, validate } = options.graphql.getEnveloped({ socketContext: contextValue })
  const document = parseQuery(parse, query)
  const errors = validate(schema, document)
  if (errors.length > 0) return errors.map(options.graphql.live.mask)
  const operation = getOperationAST(document, operationName)
  if (operation && operation.operation !== 'subscription') {
    return [refusal('SUBSCRIPTIONS_ONLY', 'Send queries and mutations over HTTP.')]
  }
  return { schema, document, operationName, variableValues: variables, contextValue }
}

/** @throws GraphQLError with the code that Yoga gives a syntax error in an HTTP request */
function parseQuery(parse: (query: string) => DocumentNode, query: string): DocumentNode {
  try {
    return parse(query)
  } catch (error) {
    if (error instanceof GraphQLError) error.extensions.code ??= 'GRAPHQL_PARSE_FAILED'
    throw error
  }
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}

/** Starts the subscription, whose sink writes to the socket itself.
 * @param args what `openSocketOperation` returned, as graphql-ws passes it on
 * @returns the iterator whose end graphql-ws awaits */
export function subscribeSocket(live: Live, args: ExecutionArgs): LiveIterator {
  if (!isSocketArgs(args)) throw new Error('Expected the arguments that openSocketOperation returned.')
  const { operation, connection, id, iterator } = args
  iterator.onStop(live.subscribe(operation, createSocketSink({ connection, id }, iterator)))
  return iterator
}

function isSocketArgs(args: ExecutionArgs): args is SocketArgs {
  return 'iterator' in args && args.iterator instanceof LiveIterator
}
