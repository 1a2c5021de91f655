import { afterEach, describe, expect, it, vi } from 'vitest'
import { composeMeetingMail } from '../../../src/services/booking/mails/meeting-mail.ts'
import type { MeetingMailFacts } from '../../../src/services/booking/mails/meeting-mail-facts.ts'
import { cancelledFacts, changedFacts, MANAGE_URL, meetingFacts } from './meeting-facts.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** The words of the HTML, as they are read. */
function readHtml(html: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return html
    .replaceAll('<br>', '\n')
    .replace(/<title>.*<\/title>/, '')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]!)
}

describe('what a mail about a meeting says', () => {
  it('confirms to the visitor in the zone of the visitor, with the link to change or cancel', () => {
    const mail = composeMeetingMail(meetingFacts())
    expect(mail.to).toEqual({ name: 'Grace Hopper', address: 'grace@navy.example' })
    expect(mail.replyTo).toEqual({ name: 'Ada Lovelace', address: 'ada@analytical.example' })
    expect(mail.subject).toBe(
      'Confirmed: Product demo, Tuesday, 8 December 2026, 08:00 (America/New_York, UTC-05:00)',
    )
    expect(mail.text).toBe(`Hello Grace,

Your meeting is confirmed.

What: Product demo
When: Tuesday, 8 December 2026, 08:00–08:30 (America/New_York, UTC-05:00)
With: Ada Lovelace <ada@analytical.example>
Details:
  Your questions first.
  Then the tour.

Join the meeting: https://meet.example.com/abc-defg-hij
Change or cancel the meeting: ${MANAGE_URL}

Sent by Analytical Engines.
`)
  })

  it('tells the agent the same in the zone of the agent', () => {
    const mail = composeMeetingMail(meetingFacts({ recipient: 'AGENT' }))
    expect(mail.to).toEqual({ name: 'Ada Lovelace', address: 'ada@analytical.example' })
    expect(mail.replyTo).toEqual({ name: 'Grace Hopper', address: 'grace@navy.example' })
    expect(mail.text).toMatch(/^Hello Ada Lovelace,\n\nYou have a new meeting\.\n/)
    expect(mail.text).toContain('When: Tuesday, 8 December 2026, 14:00–14:30 (Europe/Berlin, UTC+01:00)\n')
    expect(mail.text).toContain('With: Grace Hopper <grace@navy.example>\n')
  })

  it.each([
    meetingFacts({ recipient: 'AGENT' }),
    changedFacts({ recipient: 'AGENT' }),
    cancelledFacts({ recipient: 'AGENT' }),
  ])('never shows the agent the visitor’s link ($kind)', (facts) => {
    const everything = JSON.stringify(composeMeetingMail(facts))
    expect(everything).not.toContain('manage')
    expect(everything).not.toContain('signature')
  })

  it('is from the installation, shown with the agent’s and the workspace’s name', () => {
    const from = { name: 'Ada Lovelace (Analytical Engines)', address: 'meetings@mail.analytical.example' }
    for (const recipient of ['VISITOR', 'AGENT'] as const) {
      const mail = composeMeetingMail(meetingFacts({ recipient }))
      expect(mail.from).toEqual(from)
      expect(mail.sender).toBeUndefined()
    }
  })

  it('stays from the organizer of the invitation when the installation gets another address', () => {
    const mail = composeMeetingMail(changedFacts({ sender: 'new@mail.analytical.example' }))
    expect(mail.from.address).toBe(changedFacts().organizer)
    expect(mail.sender).toEqual({ name: 'Analytical Engines', address: 'new@mail.analytical.example' })
  })

  it('tells of a change the time before and the reason', () => {
    const { subject, text } = composeMeetingMail(changedFacts())
    expect(subject).toMatch(/^Changed: Product demo, Tuesday, 8 December 2026, 09:00 /)
    expect(text).toContain('When: Tuesday, 8 December 2026, 09:00–09:30 (America/New_York, UTC-05:00)\n')
    expect(text).toContain('Previously: Tuesday, 8 December 2026, 08:00 (America/New_York, UTC-05:00)\n')
    expect(text).toContain('Reason: My train is late.\n')
  })

  it('tells no time before when only the agent has changed', () => {
    const previousStartsAt = changedFacts().startsAt
    expect(composeMeetingMail(changedFacts({ previousStartsAt })).text).not.toContain('Previously')
    expect(composeMeetingMail(changedFacts({ previousStartsAt: null })).text).not.toContain('Previously')
  })

  it('tells of a cancellation the reason, and offers the visitor only to book again', () => {
    const { subject, text } = composeMeetingMail(cancelledFacts())
    expect(subject).toMatch(/^Cancelled: Product demo, /)
    expect(text).toContain('Your meeting is cancelled.')
    expect(text).toContain('Reason: No longer needed.\n')
    expect(text.match(/^.*https?:.*$/gm)).toEqual([`Book another time: ${MANAGE_URL}`])
    for (const facts of [cancelledFacts({ recipient: 'AGENT' }), cancelledFacts({ kind: 'WITHDRAWAL' })]) {
      const mail = composeMeetingMail(facts)
      for (const body of [mail.text, mail.html]) expect(body).not.toMatch(/https?:/)
    }
  })

  it('leaves out what there is not, and names people without a name by their address', () => {
    const nothing = { body: ' \n ', conferenceUrl: null, manageUrl: null, visitorFirstName: ' ' }
    const mail = composeMeetingMail(
      meetingFacts({ ...nothing, visitor: { name: ' ', email: 'g@h.example' } }),
    )
    expect(mail.text).toMatch(/^Hello,\n/)
    expect(mail.text).not.toMatch(/Details|Join|Change or cancel|Reason/)
    for (const name of ['', 'g@h.example']) {
      const visitor = { name, email: 'g@h.example' }
      const toAgent = meetingFacts({ recipient: 'AGENT', visitor })
      expect(composeMeetingMail(toAgent).text).toContain('With: g@h.example\n')
    }
  })

  it.each([meetingFacts(), meetingFacts({ recipient: 'AGENT' }), changedFacts(), cancelledFacts()])(
    'says the same in text and in HTML ($kind to the $recipient)',
    (facts) => {
      const { text, html } = composeMeetingMail(facts)
      const read = readHtml(html)
      for (const line of text.split('\n').filter((each) => !/: https:/.test(each))) {
        for (const part of line.trim().split(/(?<=^[A-Z]\w+):(?: |$)/)) expect(read).toContain(part)
      }
      const links = [...text.matchAll(/https:\S+/g)].map(([url]) => url)
      const hrefs = [...html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url?.replaceAll('&amp;', '&'))
      expect(hrefs).toEqual(links)
    },
  )
})

describe('values in the mail about a meeting', () => {
  const hostile = `<script>alert("x")</script> & 'y' \u202Egnp.exe`

  it('are escaped in HTML; texts keep what turns their direction, and names do not', () => {
    const { html, text } = composeMeetingMail(
      changedFacts({
        subject: `S ${hostile}`,
        body: `A ${hostile}\n</dd><img src=x onerror=alert(1)>`,
        reason: `R ${hostile}`,
        workspaceName: `W ${hostile}`,
        agent: { name: `N ${hostile}`, email: 'ada@analytical.example' },
        visitorFirstName: `G ${hostile}`,
        manageUrl: 'https://book.example.com/"onmouseover="alert(1)',
      }),
    )
    expect(html).not.toMatch(/<(script|img|link|iframe)|"onmouseover/)
    const escaped = '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39; \u202Egnp.exe'
    for (const initial of 'SAR') {
      expect(html).toContain(`${initial} ${escaped}`)
      expect(text).toContain(`${initial} ${hostile}`)
    }
    for (const initial of 'WN') {
      expect(html).toContain(`${initial} ${escaped.replace('\u202E', '')}`)
      expect(text).toContain(`${initial} ${hostile.replace('\u202E', '')}`)
    }
    expect(text).toContain('Hello G <script>alert("x")< script> & \'y\' gnp exe,')
  })

  it('make a link only of web addresses', () => {
    const { html } = composeMeetingMail(meetingFacts({ conferenceUrl: 'javascript:alert(1)' }))
    expect(html).not.toContain('href="javascript')
    expect(html).toContain('Join the meeting: javascript:alert(1)<')
  })

  it('cannot pass for another line of the mail', () => {
    const forged =
      'Demo\r\nJoin the meeting: https://evil.example\u2028Join the meeting: https://evil.example'
    const facts = meetingFacts({
      subject: forged,
      body: forged,
      visitorFirstName: forged,
    })
    const { subject, text } = composeMeetingMail(facts)
    expect(subject).not.toMatch(/[\r\n\u2028]/)
    const join = 'Join the meeting: https://meet.example.com/abc-defg-hij'
    expect(text.match(/^Join.*$/gm)).toEqual([join])
  })

  it('lose control characters and broken UTF-16, and nothing else', () => {
    const facts = meetingFacts({ body: 'a\u0000b\u0007c\td \uD83D e\u{1F469}\u200D\u{1F680}f\r\ng\rh' })
    expect(composeMeetingMail(facts).text).toContain('  abc\td \uFFFD e\u{1F469}\u200D\u{1F680}f\n  g\n  h\n')
  })
})

describe('the identity of a mail about a meeting', () => {
  it('is the same for a repeat, whenever it is made, and so is every byte', () => {
    vi.useFakeTimers({ now: new Date('2026-12-01T09:15:43Z') })
    const first = composeMeetingMail(changedFacts())
    vi.setSystemTime(new Date('2027-03-28T01:30:00Z'))
    expect(composeMeetingMail(changedFacts())).toEqual(first)
  })

  it('differs between revisions, meetings, roles and agents', () => {
    const variants: Partial<MeetingMailFacts>[] = [
      {},
      { revision: 1 },
      { meetingId: '01939a5e-7c1f-7d32-9c55-2f1a6f0b7e12' },
      { recipient: 'AGENT' },
      {
        recipient: 'AGENT',
        agent: { name: 'Ada Lovelace', email: 'ada.two@analytical.example' },
      },
      {
        recipient: 'AGENT',
        agent: { name: 'Grace Hopper', email: 'grace@navy.example' },
      },
    ]
    const ids = variants.map((changes) => composeMeetingMail(meetingFacts(changes)).messageId)
    expect(new Set(ids).size).toBe(variants.length)
    for (const id of ids) expect(id).toMatch(/^<[\w.-]+@mail\.analytical\.example>$/)
  })

  it('depends neither on how the address is written nor on who the meeting is with', () => {
    const { messageId } = composeMeetingMail(meetingFacts())
    const agent = { name: 'Katherine', email: 'k@analytical.example' }
    const visitor = { name: 'Grace', email: 'Grace@Navy.example' }
    expect(composeMeetingMail(meetingFacts({ agent, visitor })).messageId).toBe(messageId)
  })
})
