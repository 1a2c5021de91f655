// A push service with its browsers, which stands between the program and an agent's screen. It is written from the
// standards (RFC 8030, 8188, 8291, 8292) and uses no code of the program. It stores each message as the browser
// decrypts it.
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  type ECDH,
  hkdfSync,
  randomBytes,
  verify,
} from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Like `PushSubscription.toJSON()`, but with the keys beside the endpoint. */
export interface Subscription {
  endpoint: string
  p256dh: string
  auth: string
}

interface ReceivedPush {
  endpoint: string
  /** The decrypted payload. */
  text: string
  ttl: number
  topic: string | null
  urgency: string | null
  /** The contact that the sender gave. */
  contact: string
}

/** How a message is refused: with this status, or with HANG by never answering. */
type Failure = number | 'HANG'

export interface PushService {
  origin: string
  /** Every accepted message, oldest first. */
  received: ReceivedPush[]
  /** Every request, with its answer. */
  attempts: { endpoint: string; answer: Failure }[]
  /** Subscribes a new browser.
   * @param senderKey the only key whose messages are accepted, base64url */
  subscribe(senderKey: string): Subscription
  /** The messages that a browser gets when it comes online for the first time: the last one of each topic. */
  waitingFor(endpoint: string): ReceivedPush[]
  /** Refuses the next messages to the endpoint, each with one of these failures, and accepts later ones again. */
  failNext(endpoint: string, ...failures: Failure[]): void
  /** Cancels the failures of the endpoint that are left. */
  stopFailing(endpoint: string): void
  close(): Promise<void>
}

interface Browser {
  keys: ECDH
  secret: Buffer
  senderKey: string
  failures: Failure[]
}

const MAX_BODY_BYTES = 4096
const MAX_TTL_SECONDS = 28 * 24 * 60 * 60
const URGENCIES = ['very-low', 'low', 'normal', 'high']

class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export async function startPushService(): Promise<PushService> {
  const browsers = new Map<string, Browser>()
  const service: Omit<PushService, 'origin' | 'close'> = {
    received: [],
    attempts: [],
    subscribe: (senderKey) => {
      const keys = createECDH('prime256v1')
      keys.generateKeys()
      const browser = { keys, secret: randomBytes(16), senderKey, failures: [] }
      const endpoint = `${origin}/push/${randomBytes(12).toString('base64url')}`
      browsers.set(endpoint, browser)
      const p256dh = keys.getPublicKey('base64url')
      return { endpoint, p256dh, auth: browser.secret.toString('base64url') }
    },
    waitingFor: (endpoint) => {
      const mine = service.received.filter((push) => push.endpoint === endpoint)
      return mine.filter(
        ({ topic }, index) =>
          !mine.some((other, at) => at > index && topic !== null && other.topic === topic),
      )
    },
    failNext: (endpoint, ...failures) => void browsers.get(endpoint)?.failures.push(...failures),
    stopFailing: (endpoint) => void browsers.get(endpoint)?.failures.splice(0),
  }

  async function receive(request: IncomingMessage): Promise<Failure> {
    const endpoint = `${origin}${request.url}`
    const browser = browsers.get(endpoint)
    const body = await readBody(request)
    const failure = browser?.failures.shift()
    if (failure !== undefined) return failure
    if (!browser) throw new Refusal(404, 'There is no such subscription.')
    service.received.push({ endpoint, ...(await readPush(request, { body, browser, origin })) })
    return 201
  }

  const server = createServer((request, response) => {
    const note = (answer: Failure) => {
      service.attempts.push({ endpoint: `${origin}${request.url}`, answer })
      return answer
    }
    receive(request).then(
      (answer) => respond(response, note(answer)),
      (error) => respond(response, note(error instanceof Refusal ? error.status : 500), String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    ...service,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function respond(response: ServerResponse, answer: Failure, text = ''): void {
  if (answer === 'HANG') return
  const redirect = answer >= 300 && answer < 400
  response.writeHead(answer, redirect ? { location: '/elsewhere' } : {}).end(text)
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function readPush(
  { method, headers }: IncomingMessage,
  { body, browser, origin }: { body: Buffer; browser: Browser; origin: string },
): Promise<Omit<ReceivedPush, 'endpoint'>> {
  const topic = headers.topic === undefined ? null : String(headers.topic)
  const urgency = headers.urgency === undefined ? null : String(headers.urgency)
  expectThat(method === 'POST', 405, 'Messages are sent with POST.')
  expectThat(/^\d+$/.test(String(headers.ttl)), 400, 'TTL must be a number of seconds.')
  expectThat(Number(headers.ttl) <= MAX_TTL_SECONDS, 400, 'TTL is too long.')
  expectThat(
    topic === null || /^[\w-]{1,32}$/.test(topic),
    400,
    'Topic must be 1 to 32 characters of base64url.',
  )
  expectThat(urgency === null || URGENCIES.includes(urgency), 400, 'Urgency is none of the four.')
  expectThat(headers['content-encoding'] === 'aes128gcm', 415, 'The content must be encoded with aes128gcm.')
  expectThat(body.length <= MAX_BODY_BYTES, 413, 'The message is too long.')
  const contact = readSender(headers.authorization ?? '', { senderKey: browser.senderKey, origin })
  return { text: decrypt(body, browser), ttl: Number(headers.ttl), topic, urgency, contact }
}

function expectThat(condition: boolean, status: number, message: string): void {
  if (!condition) throw new Refusal(status, message)
}

/** Checks that the token is signed with the key that the browser subscribed with (RFC 8292).
 * @returns the sender's contact */
function readSender(authorization: string, expected: { senderKey: string; origin: string }): string {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization) ?? []
  expectThat(token !== '', 401, 'The sender must identify itself.')
  expectThat(key === expected.senderKey, 403, 'The browser subscribed with another key.')
  const [header = '', claims = '', signature = ''] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } })
  const isSigned = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  const { aud, exp, sub } = read(claims)
  const now = Date.now() / 1000
  expectThat(isSigned && read(header).alg === 'ES256', 403, 'The signature is wrong.')
  expectThat(aud === expected.origin, 403, 'The token is for another audience.')
  expectThat(exp > now && exp <= now + 24 * 60 * 60, 403, 'The token must end within 24 hours.')
  expectThat(/^(mailto:|https:)/.test(sub), 403, 'The contact must be mailto: or https:.')
  return sub
}

/** Decrypts a message of a single record (RFC 8291 and 8188). */
export function decrypt(body: Buffer, { keys, secret }: { keys: ECDH; secret: Buffer }): string {
  const salt = body.subarray(0, 16)
  const headerLength = 21 + body.readUInt8(20)
  const senderKey = body.subarray(21, headerLength)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), senderKey])
  const shared = Buffer.from(hkdfSync('sha256', keys.computeSecret(senderKey), secret, info, 32))
  const derive = (purpose: string, length: number) =>
    Buffer.from(hkdfSync('sha256', shared, salt, Buffer.from(`Content-Encoding: ${purpose}\0`), length))
  const cipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
  cipher.setAuthTag(body.subarray(-16))
  const padded = Buffer.concat([cipher.update(body.subarray(headerLength, -16)), cipher.final()])
  // The text is followed by a 2, which marks the last record, and any number of zeros.
  const end = padded.lastIndexOf(2)
  expectThat(end >= 0 && padded.subarray(end + 1).every((byte) => byte === 0), 400, 'The padding is wrong.')
  return padded.subarray(0, end).toString()
}
