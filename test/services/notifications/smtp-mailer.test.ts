import { type ParsedMail, simpleParser } from 'mailparser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { composeMeetingMail } from '../../../src/services/booking/mails/meeting-mail.ts'
import { createSmtpMailer } from '../../../src/services/notifications/mail/smtp-mailer.ts'
import { type Mail, MailDeferredError, MailRefusedError } from '../../../src/services/ports/mailer.ts'
import { cancelledFacts, meetingFacts } from './meeting-facts.ts'
import { type SmtpSink, startSmtpSink } from './smtp-sink.ts'

let sink: SmtpSink

beforeEach(async () => {
  sink = await startSmtpSink()
})

afterEach(async () => {
  await sink.close()
})

async function deliver(mail: Mail): Promise<ParsedMail> {
  await createSmtpMailer({ url: sink.url }).send(mail)
  expect(sink.received).toHaveLength(1)
  return simpleParser(sink.received[0]!.raw)
}

function headerLines(mail: ParsedMail): string[] {
  return mail.headerLines.map(({ key }) => key).sort()
}

describe('a mail sent over SMTP', () => {
  it('arrives with everything it was given', async () => {
    const visitor = { name: 'Grüße, "Grace" (RN) \u{1F680}', email: 'grace@navy.example' }
    const subject = 'Größe; Ελλάδα, \u{1F469}\u200D\u{1F680} '.repeat(8)
    const mail = composeMeetingMail(meetingFacts({ visitor, subject }))
    const parsed = await deliver(mail)
    expect(sink.received[0]).toMatchObject({ from: mail.from.address, to: [mail.to.address] })
    expect(parsed.messageId).toBe(mail.messageId)
    expect(parsed.date).toEqual(mail.sentAt)
    expect(parsed.from?.value).toEqual([mail.from])
    expect(parsed.replyTo?.value).toEqual([mail.replyTo])
    expect([parsed.to].flat().flatMap((list) => list?.value)).toEqual([mail.to])
    expect(parsed.subject).toBe(mail.subject)
    expect(parsed.text).toBe(mail.text)
    expect(parsed.html).toBe(mail.html)
  })

  it.each([
    { facts: meetingFacts({ body: 'Ελλάδα \u{1F680}\n'.repeat(30) }), method: 'REQUEST' },
    { facts: cancelledFacts(), method: 'CANCEL' },
  ])('carries the calendar part as an alternative and as a file ($method)', async ({ facts, method }) => {
    const mail = composeMeetingMail(facts)
    const parsed = await deliver(mail)
    expect(parsed.attachments.map(({ contentType }) => contentType)).toEqual([
      'text/calendar',
      'application/ics',
    ])
    for (const { content } of parsed.attachments) expect(content.toString()).toBe(mail.calendar?.content)
    expect(parsed.attachments[1]?.filename).toBe('invite.ics')
    const raw = sink.received[0]!.raw.toString()
    expect(raw).toMatch(new RegExp(`^Content-Type: text/calendar; charset=utf-8; method=${method}\r$`, 'm'))
    expect(raw.match(/^Content-Type: multipart\/alternative/gm)).toHaveLength(1)
  })

  it('is the same to the byte when it is repeated', async () => {
    const mailer = createSmtpMailer({ url: sink.url })
    await mailer.send(composeMeetingMail(meetingFacts()))
    await mailer.send(composeMeetingMail(meetingFacts()))
    expect(sink.received).toHaveLength(2)
    expect(sink.received[1]?.raw.toString()).toBe(sink.received[0]?.raw.toString())
  })

  it('signs in with the user and the password of the address, percent-encoded', async () => {
    const credentials = { user: 'mail@example.com', password: 'p:/@ss%' }
    const guarded = await startSmtpSink({ credentials })
    const signIn = `${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@`
    try {
      await createSmtpMailer({ url: guarded.url.replace('//', `//${signIn}`) }).send(
        composeMeetingMail(meetingFacts()),
      )
      expect(guarded.received).toHaveLength(1)
      const wrong = createSmtpMailer({ url: guarded.url.replace('//', '//mail:wrong@') })
      const failure = await wrong.send(composeMeetingMail(meetingFacts())).catch((error: unknown) => error)
      expect(failure).toMatchObject({ responseCode: 535 })
      expect(failure).not.toBeInstanceOf(MailRefusedError)
    } finally {
      await guarded.close()
    }
  })
})

describe('a mail that the server does not take', () => {
  const mail = composeMeetingMail(meetingFacts())

  it('is refused for good when the recipient is refused with a 5xx reply', async () => {
    sink.refuseRecipients({ code: 550, text: 'No such user here' })
    const sending = createSmtpMailer({ url: sink.url }).send(mail)
    await expect(sending).rejects.toThrow(MailRefusedError)
    await expect(sending).rejects.toThrow(/550 No such user here/)
    expect(sink.received).toEqual([])
  })

  it('is refused for good when its content is refused with a 5xx reply', async () => {
    sink.refuseMessages({ code: 554, text: 'Policy' })
    await expect(createSmtpMailer({ url: sink.url }).send(mail)).rejects.toThrow(MailRefusedError)
  })

  it.each([
    {
      what: 'the recipient is deferred',
      refuse: () => sink.refuseRecipients({ code: 451, text: 'Greylisted' }),
    },
    { what: 'the message is deferred', refuse: () => sink.refuseMessages({ code: 452, text: 'Disk full' }) },
    { what: 'our own sender is refused', refuse: () => sink.refuseSenders({ code: 550, text: 'Not yours' }) },
    {
      what: 'the session is out of step',
      refuse: () => sink.refuseRecipients({ code: 503, text: 'Sequence' }),
    },
  ])('can be repeated, and then arrives, when $what', async ({ what, refuse }) => {
    refuse()
    const mailer = createSmtpMailer({ url: sink.url })
    const failure = await mailer.send(mail).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    expect(failure).not.toBeInstanceOf(MailRefusedError)
    expect(failure instanceof MailDeferredError).toBe(what.endsWith('deferred'))
    expect(sink.refusals).toBe(1)
    await mailer.send(mail)
    expect(sink.received).toHaveLength(1)
  })

  it.each(['at its deadline', 'when its job ends'])(
    'can be repeated when an answer is missing %s',
    async (when) => {
      const answer = sink.holdAnswers(1)
      const job = new AbortController()
      const [deadlineMs, signal] = when === 'at its deadline' ? [50] : [60_000, job.signal]
      const sending = createSmtpMailer({ url: sink.url, deadlineMs }).send(mail, signal)
      job.abort()
      const failure = await sending.catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(Error)
      expect(failure).not.toBeInstanceOf(MailRefusedError)
      answer()
    },
  )

  it('can be repeated when nobody listens', async () => {
    const failure = await createSmtpMailer({ url: 'smtp://127.0.0.1:9' })
      .send(mail)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'ESOCKET' })
    expect(failure).not.toBeInstanceOf(MailRefusedError)
  })
})

describe('names, subjects and addresses that attack the header', () => {
  const mail = composeMeetingMail(meetingFacts())
  const breaks = ['\r\n', '\n', '\r', '\r\n\r\n', '\u0000\r\n', '\u2028', '\u0085', '\r\n\t']

  it.each(breaks)('add no header and no recipient through %j', async (lineBreak) => {
    const attack = `A${lineBreak}Bcc: evil@example.com${lineBreak}X-Evil: 1`
    const harmless = headerLines(await deliver(mail))
    sink.received.length = 0
    const parsed = await deliver({
      ...mail,
      messageId: `<a${lineBreak}X-Evil: 1@b>`,
      subject: attack,
      from: { ...mail.from, name: attack },
      replyTo: { ...mail.to, name: attack },
      to: { ...mail.to, name: attack },
    })
    expect(headerLines(parsed)).toEqual(harmless)
    expect(parsed.headers.has('x-evil')).toBe(false)
    expect(parsed.subject).toBe('A Bcc: evil@example.com X-Evil: 1')
    expect(parsed.from?.value).toEqual([{ ...mail.from, name: 'A Bcc: evil@example.com X-Evil: 1' }])
    expect(sink.received[0]?.to).toEqual([mail.to.address])
  })

  it.each([
    'Eve, <evil@example.com>',
    '"Eve" <evil@example.com>,',
    'group: evil@example.com;',
    '\\"<evil@example.com>',
    '=?utf-8?Q?=0D=0ABcc:_evil@example.com?=',
  ])('name nobody else through the display name %s', async (name) => {
    const parsed = await deliver({ ...mail, to: { ...mail.to, name } })
    expect([parsed.to].flat().flatMap((list) => list?.value.map(({ address }) => address))).toEqual([
      mail.to.address,
    ])
    expect(sink.received[0]?.to).toEqual([mail.to.address])
  })

  it.each([
    'a@b.example\r\nBcc: evil@example.com',
    'a@b.example\n',
    'a@b.example,evil@example.com',
    'a@b.example;evil@example.com',
    'a@b.example> SIZE=1 <evil@example.com',
    'a@b.example evil@example.com',
    'a\u0000@b.example',
    'a\u200B@b.example',
    'nobody',
    'a@b@c.example',
    '',
  ])('are refused for good as an address: %j', async (address) => {
    const mailer = createSmtpMailer({ url: sink.url })
    const mailbox = { name: 'Eve', address }
    await expect(mailer.send({ ...mail, to: mailbox })).rejects.toThrow(MailRefusedError)
    await expect(mailer.send({ ...mail, from: mailbox })).rejects.toThrow(MailRefusedError)
    await expect(mailer.send({ ...mail, replyTo: mailbox })).rejects.toThrow(MailRefusedError)
    expect(sink.received).toEqual([])
  })
})
