// Shows the meeting of the link's token, reschedules it and cancels it.
const token = location.hash.slice(1)
const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const DAY = 24 * 60 * 60 * 1000
const WEEKS_SHOWN = 4

let hasSlots = false

const element = (id) => document.getElementById(id)
const formatTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short', timeZone })
const zoneNote = ` (${timeZone})`

const MEETING = `query {
  meetings(first: 1) {
    nodes { id status past startsAt endsAt subject body conferenceUrl }
  }
}`
const SLOTS = `query ($id: ID!, $from: DateTime!, $to: DateTime!, $timeZone: TimeZone!) {
  slots(movingMeetingId: $id, from: $from, to: $to, timeZone: $timeZone) {
    days { slots { startsAt } }
  }
}`
const MOVE = `mutation ($token: String!, $startsAt: DateTime!) {
  outcome: rescheduleMeeting(input: { manageToken: $token, startsAt: $startsAt }) {
    __typename ... on Error { message }
  }
}`
const CANCEL = `mutation ($token: String!) {
  outcome: cancelMeeting(input: { manageToken: $token }) { __typename ... on Error { message } }
}`

async function ask(query, variables) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors) throw new Error(errors[0].message)
  return data
}

async function showMeeting() {
  const { meetings } = await ask(MEETING)
  const [meeting] = meetings.nodes
  const changeable = meeting.status !== 'CANCELLED' && !meeting.past
  element('subject').textContent = meeting.subject
  element('time').textContent =
    formatTime.formatRange(new Date(meeting.startsAt), new Date(meeting.endsAt)) + zoneNote
  element('agenda').textContent = meeting.body
  element('conference').hidden = !meeting.conferenceUrl
  if (meeting.conferenceUrl) element('conference').href = meeting.conferenceUrl
  element('meeting').hidden = false
  element('change').hidden = !changeable
  if (changeable) await showSlots(meeting)
  return (
    { CANCELLED: 'The meeting is cancelled.' }[meeting.status] ?? (meeting.past ? 'The meeting is over.' : '')
  )
}

async function showSlots({ id, startsAt: present }) {
  const from = new Date()
  const to = new Date(from.getTime() + WEEKS_SHOWN * 7 * DAY)
  const { slots } = await ask(SLOTS, { id, from, to, timeZone })
  const starts = slots.days
    .flatMap((day) => day.slots.map(({ startsAt }) => startsAt))
    .filter((startsAt) => startsAt !== present)
  element('slot').replaceChildren(
    ...starts.map((startsAt) => new Option(formatTime.format(new Date(startsAt)), startsAt)),
  )
  hasSlots = starts.length > 0
}

/** Performs a change, then shows the meeting. */
async function perform(work) {
  for (const button of document.querySelectorAll('button')) button.disabled = true
  try {
    const outcome = await work()
    const state = await showMeeting()
    element('message').textContent = [outcome?.message, state].filter(Boolean).join(' ')
  } catch (error) {
    element('message').textContent = error.message
  } finally {
    for (const button of document.querySelectorAll('button')) button.disabled = false
    element('move').disabled = !hasSlots
  }
}

element('change').addEventListener('submit', (event) => {
  event.preventDefault()
  const startsAt = element('slot').value
  perform(async () => (await ask(MOVE, { token, startsAt })).outcome)
})
element('cancel').addEventListener('click', () => {
  if (confirm('Cancel the meeting?')) perform(async () => (await ask(CANCEL, { token })).outcome)
})

perform(async () => null)
