// A real SMTP server that keeps what it is sent, as it came over the wire. It refuses on request.
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface ReceivedMail {
  from: string
  to: string[]
  raw: Buffer
}

export interface Reply {
  code: number
  text: string
}

export interface SmtpSink {
  url: string
  received: ReceivedMail[]
  /** Commands that were answered with a refusal. */
  refusals: number
  /** Answers the next recipients with these replies, one each; then all are taken again. */
  refuseRecipients(...replies: Reply[]): void
  /** The same for messages, after their content. */
  refuseMessages(...replies: Reply[]): void
  /** The same for senders. */
  refuseSenders(...replies: Reply[]): void
  /** Takes so many of the next messages, but answers nothing to them until the returned function is called. */
  holdAnswers(count: number): () => void
  close(): Promise<void>
}

/** @param options.credentials signing in is needed, with these */
export async function startSmtpSink(
  options: { credentials?: { user: string; password: string } } = {},
): Promise<SmtpSink> {
  const replies = { recipients: [] as Reply[], messages: [] as Reply[], senders: [] as Reply[] }
  const answers: Promise<void>[] = []
  const next = (kind: keyof typeof replies): Error | null => {
    const reply = replies[kind].shift()
    if (reply === undefined) return null
    sink.refusals += 1
    return Object.assign(new Error(reply.text), { responseCode: reply.code })
  }
  const server = new SMTPServer({
    authOptional: options.credentials === undefined,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onAuth(auth, _session, callback) {
      const isRight =
        auth.username === options.credentials?.user && auth.password === options.credentials?.password
      callback(isRight ? null : new Error('Wrong user or password'), { user: auth.username })
    },
    onMailFrom: (_address, _session, callback) => callback(next('senders')),
    onRcptTo: (_address, _session, callback) => callback(next('recipients')),
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const refusal = next('messages')
        if (refusal) return callback(refusal)
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        const to = envelope.rcptTo.map(({ address }) => address)
        sink.received.push({ from, to, raw: Buffer.concat(chunks) })
        Promise.resolve(answers.shift()).then(() => callback())
      })
    },
  })
  // A client that goes away in the middle is none of the sink's business.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const sink: SmtpSink = {
    url: `smtp://127.0.0.1:${port}`,
    received: [],
    refusals: 0,
    refuseRecipients: (...list) => void replies.recipients.push(...list),
    refuseMessages: (...list) => void replies.messages.push(...list),
    refuseSenders: (...list) => void replies.senders.push(...list),
    holdAnswers(count) {
      const { promise, resolve } = Promise.withResolvers<void>()
      answers.push(...Array.from({ length: count }, () => promise))
      return resolve
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return sink
}
