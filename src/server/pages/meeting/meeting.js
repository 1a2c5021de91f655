// The page of a visitor's link: shows the meeting, moves it, cancels it, and books again once it is cancelled or over.
import { ask, subscribe } from './api.js'
import { datesIn, ownTimeZone, rangeOf } from './dates.js'
import { BOOK, CANCEL, MEETING, MOVE, SLOTS } from './documents.js'
import { dated, element, make } from './elements.js'
import { TimePicker } from './picker.js'
import { ANOTHER_STANDS, CHANGED, refusalOf, taken, UNREACHABLE } from './texts.js'
import {
  entitle,
  fillZones,
  isUpcoming,
  note,
  say,
  showDeadLink,
  showMeeting,
  showPicker,
  titleOf,
} from './view.js'

const token = location.hash.slice(1)

let meeting = null
/** The formats of the time zone. */
let dates = null
/** For booking again: the agent of the meeting, or all agents if that one takes no meetings. null: not asked for. */
let target = null
/** Whether the person has a meeting that was booked with another link: then this link books none. */
let isAnotherStanding = false
let chosen = null
/** Makes a retry of the choice safe. */
let choiceKey = ''
let shownMonth = ''
let isBusy = false
let stopWatching = () => {}

const picker = new TimePicker({
  onMonth: watch,
  onChoice: showChoice,
  onTaken: ({ startsAt }) => {
    if (!isBusy) note(...taken(dates.formatStart(startsAt)))
  },
})

/** Whether it is not the time that the meeting has. */
const isOther = ({ startsAt }) => target !== null || startsAt !== meeting.startsAt

async function readMeeting() {
  const { meetings } = await ask(token, MEETING)
  return meetings.nodes[0]
}

/** Shows the meeting as it is now, with the times to which it can be moved. */
async function load() {
  meeting = await readMeeting()
  target = null
  if (dates === null) useZone(ownTimeZone() ?? meeting.timeZone)
  showPresent()
  entitle(titleOf(meeting))
  say()
  if (isUpcoming(meeting)) openPicker(meeting.startsAt)
  else closePicker()
}

function showPresent() {
  const mayBookAgain = !isUpcoming(meeting) && target === null && !isAnotherStanding
  showMeeting(meeting, { dates, mayBookAgain })
}

function openPicker(nearestTo) {
  showPicker(meeting)
  picker.open(dates, dates.dayOf(nearestTo))
}

function closePicker() {
  stopWatching()
  element('picker').hidden = true
}

/** Keeps the free times of a month on the page up to date. */
function watch(month) {
  shownMonth = month
  stopWatching()
  const variables = { ...(target === null ? { moving: meeting.id } : { target }), ...rangeOf(month) }
  let isFirst = true
  const onData = ({ slotsChanged: { days, nextAvailable } }) => {
    if (target?.agentId && days.length === 0 && nextAvailable === null) return watchColleagues()
    picker.show({ slots: days.flatMap(({ slots }) => slots).filter(isOther), nextAvailable })
    if (!isFirst) refresh()
    isFirst = false
  }
  const onError = (error) => (target?.agentId && error.code === 'NOT_FOUND' ? watchColleagues() : fail(error))
  stopWatching = subscribe(token, { query: SLOTS, variables }, { onData, onError })
}

function watchColleagues() {
  target = { roundRobin: true }
  element('colleagues').hidden = false
  watch(shownMonth)
}

/** Shows what somebody else has changed. */
async function refresh() {
  if (isBusy || meeting === null) return
  const shown = meeting
  const present = await readMeeting().catch(({ code, reason }) => {
    if (code === 'UNAUTHENTICATED') showDeadLink(reason)
    return null
  })
  // What the visitor has done meanwhile is newer than this answer.
  if (isBusy || present === null || meeting !== shown) return
  const isChanged = ['id', 'status', 'past', 'startsAt'].some((field) => present[field] !== meeting[field])
  if (isChanged) return showChange(CHANGED)
  meeting = present
  showPresent()
}

async function showChange(text) {
  await load()
  say(text)
  element('title').focus()
}

function showChoice(slot) {
  chosen = slot
  choiceKey = `page ${Date.now()} ${Math.random()}`
  element('confirmation').hidden = slot === null
  if (slot === null) return
  note()
  element('new-time').replaceChildren(dated(dates.formatSpan(slot)))
}

/** Runs a mutation, and shows the meeting afterwards.
 * @param describe what was done, from the meeting before and after */
async function perform(mutation, input, describe) {
  if (isBusy) return
  setBusy(true)
  try {
    const before = meeting
    const { outcome } = await ask(token, mutation, { input }).finally(() => element('cancellation').close())
    if (outcome.__typename !== 'Meeting') return await showRefusal(outcome)
    await load()
    const { title, text } = describe(before, meeting)
    entitle(title)
    say(...text)
    element('title').focus()
  } catch (error) {
    fail(error)
  } finally {
    setBusy(false)
  }
}

async function showRefusal(outcome) {
  if (outcome.reason === 'MEETING_STANDS') return showStanding()
  const { text, isAboutTime } = refusalOf(outcome, { agent: meeting.agent.name })
  if (!isAboutTime) return showChange(text)
  watch(shownMonth)
  note(text)
}

/** Shows the meeting that stands; if it was booked with another link, only that there is one. */
async function showStanding() {
  isAnotherStanding = !isUpcoming(await readMeeting())
  await showChange(isAnotherStanding ? ANOTHER_STANDS : CHANGED)
}

function setBusy(value) {
  isBusy = value
  for (const id of ['submit', 'confirm-cancel', 'cancel', 'again']) element(id).disabled = value
}

function fail({ code, reason }) {
  if (code === 'UNAUTHENTICATED') {
    stopWatching()
    return showDeadLink(reason)
  }
  if (!element('picker').hidden) return note(UNREACHABLE)
  say(UNREACHABLE, ' ', make('button', { type: 'button', onclick: reload }, 'Try again'))
}

const reload = () => location.reload()

const byMail = (what) => (meeting.person.email ? ` ${what} is on its way to ${meeting.person.email}.` : '')

function useZone(timeZone) {
  dates = datesIn(timeZone)
  fillZones(timeZone)
}

element('zone').onchange = () => {
  dates = datesIn(element('zone').value)
  showPresent()
  if (!element('picker').hidden) picker.changeZone(dates)
}

element('choice').onsubmit = (event) => {
  event.preventDefault()
  if (chosen === null) return
  const { startsAt, endsAt } = chosen
  const text = element('note').value
  if (target === null)
    move({ meeting: { meetingId: meeting.id }, startsAt, reason: text, idempotencyKey: choiceKey })
  else book({ slot: { free: { target, startsAt, endsAt } }, agenda: text, idempotencyKey: choiceKey })
}

function move(input) {
  perform(MOVE, input, (before, after) => {
    const [from, to] = [before, after].map(({ startsAt }) => dated(dates.formatStart(startsAt)))
    return {
      title: 'Your meeting is moved',
      text: ['From ', from, ' to ', to, `.${byMail('A mail with the new time')}`],
    }
  })
}

function book(input) {
  perform(BOOK, { ...input, timeZone: dates.timeZone }, (_before, { startsAt }) => ({
    title: 'Your meeting is booked',
    text: ['On ', dated(dates.formatStart(startsAt)), `.${byMail('An invitation')}`],
  }))
}

element('cancel').onclick = () => {
  element('cancelled-time').replaceChildren(dated(dates.formatSpan(meeting)))
  element('cancellation').showModal()
}
element('keep').onclick = () => element('cancellation').close()
element('cancel-form').onsubmit = (event) => {
  event.preventDefault()
  const input = { meeting: { meetingId: meeting.id }, reason: element('cancel-reason').value }
  perform(CANCEL, input, (_before, { agent }) => ({
    title: 'Your meeting is cancelled',
    text: [`${agent.name} has been notified.${byMail('A confirmation')}`],
  }))
}

element('again').onclick = () => {
  target = { agentId: meeting.agent.id }
  showPresent()
  entitle('Book again')
  say()
  openPicker(Date.now())
  element('picker-title').focus()
}

addEventListener('hashchange', reload)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') refresh()
})

if (token === '') showDeadLink('NONE')
else load().catch(fail)
