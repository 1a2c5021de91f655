// The days of a month and the times of one day, as two groups of radio buttons: browsers then give them the arrow keys,
// and screen readers count them.
import {
  addMonths,
  formatDay,
  formatDayNumber,
  formatMonth,
  language,
  monthOf,
  weekdayNames,
  weeksOf,
} from './dates.js'
import { dated, element, make } from './elements.js'

export class TimePicker {
  #options
  /** The formats of the time zone. */
  #dates = null
  #month = ''
  #slots = []
  /** The slots of each day of the month. */
  #days = new Map()
  #day = null
  #chosen = null
  /** The start of the next free slot, which may be in a later month; null: there is none. */
  #nextAvailable = null
  /** Whether to go on to the month of the next free slot if this month has none. */
  #skipsEmptyMonth = false

  /**
   * @param options.onMonth called when another month is shown, whose slots the caller then passes to `show`
   * @param options.onChoice called with the slot that the visitor chose; with null when there is none any more
   * @param options.onTaken called with the chosen slot when it is no longer free
   */
  constructor(options) {
    this.#options = options
    element('previous-month').onclick = () => this.#turnTo(addMonths(this.#month, -1))
    element('next-month').onclick = () => this.#turnTo(addMonths(this.#month, 1))
    element('next-day').onclick = () => this.#turnTo(this.#laterMonth())
  }

  /** Shows the month of a day, without any slots yet. */
  open(dates, day) {
    this.#dates = dates
    this.#day = day
    this.#skipsEmptyMonth = true
    this.#turnTo(monthOf(day))
  }

  /** Shows the same slots in another time zone, in which the day that is shown can be in another month. */
  changeZone(dates) {
    this.#dates = dates
    const shown = this.#chosen ?? this.#days.get(this.#day)?.[0]
    if (shown) this.#day = dates.dayOf(shown.startsAt)
    this.#options.onChoice(this.#chosen)
    if (shown && monthOf(this.#day) !== this.#month) this.#showMonth(monthOf(this.#day))
    else this.#render()
  }

  /** Shows the slots as they are now. A choice that is still free stays. */
  show({ slots, nextAvailable }) {
    this.#slots = slots
    this.#nextAvailable = nextAvailable
    const isTaken = this.#chosen !== null && !slots.some((slot) => keyOf(slot) === keyOf(this.#chosen))
    const taken = isTaken ? this.#chosen : null
    if (taken) this.#choose(null)
    this.#render()
    const isSkipped = this.#skipsEmptyMonth && this.#laterMonth() !== null
    if (isSkipped) return this.#showMonth(this.#laterMonth())
    this.#skipsEmptyMonth = false
    if (taken) this.#options.onTaken(taken)
  }

  #turnTo(month) {
    this.#choose(null)
    this.#showMonth(month)
  }

  #showMonth(month) {
    this.#month = month
    this.#slots = []
    this.#days = new Map()
    element('month').replaceChildren(dated(formatMonth(month)))
    element('no-days').hidden = true
    this.#renderDays()
    this.#renderTimes()
    this.#options.onMonth(month)
  }

  #choose(slot) {
    this.#chosen = slot
    this.#options.onChoice(slot)
  }

  #render() {
    this.#days = new Map()
    for (const slot of this.#slots) {
      const day = this.#dates.dayOf(slot.startsAt)
      if (monthOf(day) === this.#month) this.#days.set(day, [...(this.#days.get(day) ?? []), slot])
    }
    if (!this.#days.has(this.#day)) this.#day = nearest([...this.#days.keys()], this.#day)
    this.#renderDays()
    this.#renderTimes()
    this.#renderOtherMonths()
  }

  #renderDays() {
    const names = weekdayNames().map(({ long, short }) =>
      make('th', { scope: 'col', abbr: long, lang: language }, short),
    )
    const weeks = weeksOf(this.#month).map((week) =>
      make('tr', {}, ...week.map((day) => make('td', {}, ...this.#cellOf(day)))),
    )
    const head = make('thead', {}, make('tr', {}, ...names))
    replaceKeepingFocus('days', [head, make('tbody', {}, ...weeks)])
  }

  #cellOf(day) {
    if (day === null) return []
    const number = make('span', {}, formatDayNumber(day))
    if (!this.#days.has(day)) return [number]
    const onchange = () => {
      this.#day = day
      this.#choose(null)
      this.#renderTimes()
    }
    const checked = day === this.#day
    const name = { 'aria-label': formatDay(day), lang: language }
    return [make('label', {}, radio('day', { value: day, checked, onchange, ...name }), number)]
  }

  #renderTimes() {
    const slots = this.#days.get(this.#day) ?? []
    element('times').hidden = slots.length === 0
    if (slots.length > 0) element('times-of').replaceChildren('Times on ', dated(formatDay(this.#day)))
    const times = slots.map((slot) => {
      const value = keyOf(slot)
      const checked = this.#chosen !== null && value === keyOf(this.#chosen)
      const input = radio('time', { value, checked, onchange: () => this.#choose(slot) })
      return make('label', {}, input, dated(this.#nameOf(slot, slots)))
    })
    replaceKeepingFocus('time-list', times)
  }

  /** A start that is listed twice, because of its lengths or because the clock is set back, is named in full. */
  #nameOf(slot, slots) {
    const { formatTime, formatTimes, offsetAt } = this.#dates
    const name = formatTime(slot.startsAt)
    const isUnique = slots.filter(({ startsAt }) => formatTime(startsAt) === name).length === 1
    return isUnique ? name : `${formatTimes(slot)} ${offsetAt(slot.startsAt)}`
  }

  #renderOtherMonths() {
    const isEmpty = this.#days.size === 0
    const later = this.#laterMonth()
    element('no-days').hidden = !isEmpty
    element('next-day').hidden = later === null
    if (later) {
      element('next-day').replaceChildren('Go to ', dated(formatDay(this.#dates.dayOf(this.#nextAvailable))))
    }
    const focused = document.activeElement
    element('previous-month').disabled = this.#month <= monthOf(this.#dates.dayOf(Date.now()))
    element('next-month').disabled = isEmpty && later === null
    if (focused.disabled || focused.hidden) element('month').focus()
  }

  /** @returns null unless this month has no free slot and a later one has */
  #laterMonth() {
    if (this.#days.size > 0 || this.#nextAvailable === null) return null
    const later = monthOf(this.#dates.dayOf(this.#nextAvailable))
    return later > this.#month ? later : null
  }
}

const keyOf = ({ startsAt, endsAt }) => `${startsAt}/${endsAt}`

const radio = (name, properties) => make('input', { type: 'radio', name, ...properties })

/** The first of the sorted values that is not before one, or else the last; null without values. */
const nearest = (values, one) => values.find((value) => value >= (one ?? '')) ?? values.at(-1) ?? null

/** Replaces radio buttons. If one of them has the focus, the one with its value gets it, or the nearest. */
function replaceKeepingFocus(id, children) {
  const group = element(id)
  const focused = group.contains(document.activeElement) ? document.activeElement.value : null
  group.replaceChildren(...children)
  if (focused === null) return
  const inputs = [...group.querySelectorAll('input')]
  const value = nearest(
    inputs.map((input) => input.value),
    focused,
  )
  const successor = inputs.find((input) => input.value === value) ?? element('month')
  successor.focus()
}
