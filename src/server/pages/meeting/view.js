// Puts what is known of the meeting on the page.
import { zonesByRegion } from './dates.js'
import { dated, element, make } from './elements.js'
import { DEAD_LINKS } from './texts.js'

const { maxReason, maxAgenda } = document.querySelector('main').dataset

export const isUpcoming = ({ status, past }) => status !== 'CANCELLED' && !past

/** Above the meeting. */
export const say = (...text) => element('news').replaceChildren(...text)

/** Beside the times. */
export const note = (...text) => element('notice').replaceChildren(...text)

export function entitle(title) {
  element('title').textContent = title
  document.title = title
}

export function titleOf({ status, past }) {
  if (status === 'CANCELLED') return 'Your meeting is cancelled'
  return past ? 'Your meeting is over' : 'Your meeting'
}

/** @param view.mayBookAgain whether to offer a button for it */
export function showMeeting(meeting, { dates, mayBookAgain }) {
  const { subject, body, agent, conferenceUrl, history, status } = meeting
  const isCancelled = status === 'CANCELLED'
  element('meeting').hidden = false
  element('meeting').classList.toggle('cancelled', isCancelled)
  element('subject').textContent = subject
  element('time').replaceChildren(dated(dates.formatSpan(meeting)))
  element('agent').textContent = agent.name
  element('offset').textContent = dates.offsetAt(meeting.startsAt)
  showIfAny('body', body)
  const cancellation = isCancelled ? history.at(-1) : null
  showIfAny('actor', cancellation && actorOf(cancellation))
  showIfAny('reason', cancellation?.reason)
  element('conference').hidden = !conferenceUrl || !isUpcoming(meeting)
  if (conferenceUrl) element('conference').href = conferenceUrl
  element('cancel').hidden = !isUpcoming(meeting)
  element('again').hidden = !mayBookAgain
}

const actorOf = ({ actor, actorKind }) => (actorKind === 'VISITOR' ? 'You' : actor)

function showIfAny(id, text) {
  element(id).textContent = text ?? ''
  for (const part of document.querySelectorAll(`.if-${id}`)) part.hidden = !text
}

/** The words around the times, for a meeting that is to be moved or to be booked again. */
export function showPicker(meeting) {
  const isMove = isUpcoming(meeting)
  element('picker-title').textContent = isMove ? 'Choose another time' : 'Choose a time'
  element('colleagues').hidden = true
  element('chosen-label').textContent = isMove ? 'New time:' : 'Time:'
  element('note-label').textContent = isMove
    ? `Message to ${meeting.agent.name} (optional)`
    : 'What is it about? (optional)'
  element('note').maxLength = isMove ? maxReason : maxAgenda
  element('note').value = ''
  element('submit').textContent = isMove ? 'Move the meeting' : 'Book the meeting'
  element('picker').hidden = false
  note()
}

export function showDeadLink(reason) {
  const { title, text } = DEAD_LINKS[reason] ?? DEAD_LINKS.UNKNOWN
  element('cancellation').close()
  element('picker').hidden = true
  element('meeting').hidden = true
  entitle(title)
  say(text)
}

/** Lists the time zones to choose from. */
export function fillZones(chosen) {
  const regions = [...zonesByRegion(chosen)].map(([label, zones]) => {
    const options = zones.map(({ name, place }) => new Option(place, name, name === chosen, name === chosen))
    return make('optgroup', { label }, ...options)
  })
  element('zone').replaceChildren(...regions)
}
