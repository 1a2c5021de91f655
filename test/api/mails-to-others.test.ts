// What somebody can send by mail to an address that is not their own: nothing of their words, and not many mails.
import { expect, it } from 'vitest'
import { startApp } from '../kit/app.ts'
import { defining } from '../kit/attributes.ts'
import { book, mutateMeeting } from '../kit/booking.ts'
import { eventually } from '../kit/eventually.ts'
import { hashWith, identifyVisitor, identitySecretOf } from '../kit/people.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE, TEN } from '../kit/times.ts'

const VICTIM = 'victim@elsewhere.example'
const FREE = 'WIN A PRIZE'
const PERSON = {
  email: VICTIM,
  firstName: 'https://evil.example/win\u202e',
  lastName: 'x'.repeat(90),
  jobTitle: `${FREE} job`,
  phone: `${FREE} phone`,
  company: { name: `${FREE} company`, domain: 'evil.example', attributes: { note: `${FREE} company note` } },
  attributes: { note: `${FREE} note` },
}
const TEMPLATE = {
  subject: '{{lead.name}} {{lead.phone}}',
  body: '{{lead.note}} {{lead.jobTitle}} {{company.name}} {{company.domain}} {{company.note}} {{meeting.agenda}}',
  includeConferenceLink: false,
}

const { app, acme, ada, visitor, database } = useScene(
  {
    ada: bookable(),
    visitor: aVisitor,
    attributes: defining({ 'PERSON.note': 'TEXT', 'COMPANY.note': 'TEXT' }),
  },
  { start: () => startApp({ jobs: true }) },
)

/** Books and cancels, with as many words as there is room for.
 * @returns the mails to the visitor and to the agent */
async function bookAndCancel() {
  const { workspaceId } = acme
  await database.invitationTemplate.create({ data: { workspaceId, agentId: ada.agentId, ...TEMPLATE } })
  const { token } = visitor
  const input = { target: { agentId: ada.id }, startsAt: NINE, person: PERSON, agenda: `${FREE} agenda` }
  const { id } = await book(app, { token, input })
  const mailed = (count: number) => eventually(() => expect(app.mails).toHaveLength(count))
  await mailed(2)
  await mutateMeeting(app, {
    mutation: 'cancelMeeting',
    token,
    input: { meetingId: id, reason: `${FREE} reason` },
  })
  await mailed(4)
  const to = (address: string) => app.mails.filter((mail) => mail.to.address === address)
  return { toVisitor: to(VICTIM), toAgent: to(ada.email) }
}

it('an address that is only claimed gets none of the visitor’s words, and a name without a link', async () => {
  const { toVisitor, toAgent } = await bookAndCancel()
  expect(toVisitor).toHaveLength(2)
  for (const mail of toVisitor) {
    const all = JSON.stringify(mail).replaceAll('\\r\\n ', '')
    expect(all).not.toContain(FREE)
    expect(all).not.toContain('evil.example')
    expect(mail.text).toContain('Hello evil example win,')
    expect(mail.to.name).toMatch(/^evil example win x{1,43}$/)
  }
  for (const mail of toAgent) expect(mail.text).toContain(`${FREE} agenda`)
  expect(toAgent[1]?.text).toContain(`${FREE} reason`)
  for (const { subject, replyTo } of [...toVisitor, ...toAgent]) {
    expect(`${subject} ${replyTo?.name}`).not.toMatch(/:\/\/|evil\.example|[\u202a-\u202e\n]/)
  }
})

it('an address that the website vouched for gets all of them', async () => {
  const identityHash = hashWith(await identitySecretOf(app, acme), VICTIM)
  await identifyVisitor(app, visitor.token, { person: { email: VICTIM }, identityHash })
  const { toVisitor } = await bookAndCancel()
  expect(toVisitor[0]?.text).toContain(`${FREE} note`)
  expect(toVisitor[0]?.text).toContain(`${FREE} agenda`)
  expect(toVisitor[1]?.text).toContain(`${FREE} reason`)
})

it('the page of a link moves the meeting without a word of the visitor either', async () => {
  const input = { target: { agentId: ada.id }, startsAt: NINE, person: PERSON, agenda: FREE }
  await book(app, { token: visitor.token, input })
  const link = await eventually(() => {
    const text = app.mails.find(({ to }) => to.address === VICTIM)?.text ?? ''
    const [, token] = /meeting#(sbm_\S+)/.exec(text) ?? []
    if (token === undefined) throw new Error('No link was sent.')
    return token
  })
  const moved = await mutateMeeting(app, {
    mutation: 'rescheduleMeeting',
    input: { manageToken: link, startsAt: TEN },
  })
  expect(moved.status).toBe('RESCHEDULED')
  await eventually(() => expect(app.mails).toHaveLength(4))
  expect(JSON.stringify(app.mails.filter(({ to }) => to.address === VICTIM))).not.toContain(FREE)
})
