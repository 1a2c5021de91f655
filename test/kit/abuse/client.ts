// Clients of an installation behind a proxy: each has an address of its own.
import { WebSocket } from 'ws'

/** Who calls. */
export interface From {
  /** As the proxy in front saw it. */
  address: string
  /** Left out: nobody is signed in. */
  token?: string
}

export interface Reply<Result> {
  /** The type of the result, or the code of the error. */
  kind: string
  /** undefined: there was an error. */
  result: Result | undefined
}

const headersOf = ({ address, token }: From) => ({
  'x-forwarded-for': address,
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
})

/** @param operation.query with the alias `result` for its only field */
export async function send<Result extends object>(
  url: string,
  { query, variables = {}, ...from }: From & { query: string; variables?: object },
): Promise<Reply<Result>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headersOf(from) },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors = [] } = await response.json()
  const result: (Result & { __typename?: string }) | undefined = data?.result ?? undefined
  const kind = errors[0]?.extensions?.code ?? result?.__typename ?? 'null'
  return { kind, result }
}

/** Runs a mutation that takes one input and returns a union.
 * @param call.select for example "... on Visit { token }" */
export function mutate<Result extends object>(
  url: string,
  { mutation, input, select = '', ...from }: From & { mutation: string; input: object; select?: string },
): Promise<Reply<Result>> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { __typename ${select} } }`
  return send(url, { query, variables: { input }, ...from })
}

/** Like `mutate`, for calls that must go well.
 * @throws Error for every other kind of result */
export async function mutateTo<Result extends object>(
  kind: string,
  url: string,
  call: Parameters<typeof mutate>[1],
): Promise<Result> {
  const reply = await mutate<Result & { message?: string }>(url, {
    ...call,
    select: `${call.select ?? ''} ... on Error { message }`,
  })
  if (reply.kind === kind && reply.result) return reply.result
  throw new Error(`${call.mutation} answers ${reply.kind}: ${reply.result?.message}`)
}

/** A socket whose client decides what it reads. */
export interface Line {
  webSocket: WebSocket
  send(message: object): void
  /** Kept once it is closed, with the code. */
  closed: Promise<number>
}

/** Opens a socket and sends nothing yet.
 * @param onMessage called with each message from the server
 * @throws Error with the status of the answer, if the server does not open it */
export async function openLine(
  url: string,
  { onMessage = () => {}, ...from }: From & { onMessage?: (message: LineMessage) => void },
): Promise<Line> {
  const webSocket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
    headers: headersOf({ address: from.address }),
    perMessageDeflate: false,
  })
  const { promise: closed, resolve: onClose } = Promise.withResolvers<number>()
  const opened = Promise.withResolvers<void>()
  webSocket.on('message', (data) => onMessage(JSON.parse(String(data))))
  webSocket.once('open', opened.resolve).on('error', opened.reject).once('close', onClose)
  await opened.promise
  return { webSocket, closed, send: (message) => webSocket.send(JSON.stringify(message)) }
}

export interface LineMessage {
  type: string
  id?: string
  payload?: {
    data?: Record<string, LineEvent> | null
    errors?: { extensions?: { code?: string } }[]
    [index: number]: { extensions?: { code?: string } }
  }
}

export interface LineEvent {
  __typename: string
  [field: string]: unknown
}

/** Opens a socket, signs in and subscribes.
 * @param onEvent called with each event
 * @returns once the first answer has come */
export async function subscribe(
  url: string,
  {
    query,
    variables = {},
    onEvent,
    ...from
  }: From & { query: string; variables?: object; onEvent(event: LineEvent): void },
): Promise<Line> {
  const { promise: live, resolve, reject } = Promise.withResolvers<void>()
  const line = await openLine(url, {
    ...from,
    onMessage: ({ type, payload }) => {
      if (type === 'connection_ack') {
        line.send({ type: 'subscribe', id: '1', payload: { query, variables } })
      } else if (type === 'error' || payload?.errors) reject(new Error(JSON.stringify(payload)))
      else if (type === 'next') {
        for (const event of Object.values(payload?.data ?? {})) onEvent(event)
        resolve()
      }
    },
  })
  const { token } = from
  line.send({
    type: 'connection_init',
    ...(token === undefined ? {} : { payload: { authorization: `Bearer ${token}` } }),
  })
  await Promise.race([live, line.closed.then((code) => Promise.reject(new Error(`Closed with ${code}.`)))])
  return line
}
