// The change feed (delta) of a calendar view: the window is fixed at the start, links are opaque, occurrences have few
// fields, and events that were never within the window may be reported as removed.
import { randomBytes } from 'node:crypto'
import type { Answer } from '../http-server.ts'
import { readWindow } from './calendar-view.ts'
import { etagOf, idFor, type Preferences, toEventJson, toTimesJson } from './event-json.ts'
import { type Call, preferenceApplied, requireCalendar } from './graph-call.ts'
import type { Account, StoredEvent } from './model.ts'
import { badRequest, GraphRefusal } from './refusals.ts'
import { type Item, itemOf, itemsOfSeries } from './series.ts'

interface Round {
  account: Account
  calendarId: string
  window: { from: Date; to: Date }
  /** The round reports changes after this version of the mailbox. */
  since: number
  /** The version of the mailbox when the round began. */
  until: number
  /** The items that the round has not reported yet; empty once it is over. */
  remaining: object[]
  /** Whether the round has already had an empty page. */
  hadEmptyPage: boolean
}

export interface DeltaFeeds {
  answer(call: Call): Answer
  /** Invalidates all links issued for a mailbox. */
  expire(account: Account): void
}

const PAGE = 10
const UNSUPPORTED = ['$select', '$expand', '$filter', '$orderby', '$search', '$top']

export function createDeltaFeeds(): DeltaFeeds {
  const rounds = new Map<string, Round>()

  function answerRound(call: Call, round: Round): Answer {
    const { preferences, world } = call
    const size = preferences.maxPageSize ?? PAGE
    const isEmpty = world.behaviour.emptyPages && !round.hadEmptyPage && round.remaining.length > size
    const value = isEmpty ? [] : round.remaining.slice(0, size)
    const remaining = round.remaining.slice(value.length)
    const token = randomBytes(48).toString('base64url')
    rounds.set(token, { ...round, remaining, hadEmptyPage: round.hadEmptyPage || isEmpty })
    const kind = remaining.length > 0 ? 'skip' : 'delta'
    const link = `${world.origin}${call.url.pathname}?$${kind}token=${token}`
    const body = {
      '@odata.context': `${world.origin}/v1.0/$metadata#Collection(event)`,
      [`@odata.${kind === 'skip' ? 'next' : 'delta'}Link`]: link,
      value,
    }
    return { status: 200, headers: preferenceApplied(preferences), body }
  }

  return {
    answer: (call) => {
      const { account, query } = call
      const unsupported = UNSUPPORTED.find((name) => query.has(name))
      if (unsupported !== undefined) {
        throw badRequest(
          'ErrorInvalidUrlQuery',
          `The query parameter '${unsupported}' is not supported here.`,
        )
      }
      const skip = query.get('$skiptoken')
      const token = skip ?? query.get('$deltatoken')
      if (token === null) {
        const calendar = requireCalendar(account, call.parts[0])
        const window = readWindow(query)
        const round = { account, calendarId: calendar.id, window, since: -1, until: account.version }
        return answerRound(call, { ...round, remaining: itemsOfRound(round, call), hadEmptyPage: false })
      }
      const round = rounds.get(token)
      if (round === undefined || round.account !== account) throw syncStateNotFound()
      if (skip !== null) return answerRound(call, round)
      const next = { ...round, since: round.until, until: account.version }
      return answerRound(call, { ...next, remaining: itemsOfRound(next, call), hadEmptyPage: false })
    },
    expire: (account) => {
      for (const [token, round] of rounds) if (round.account === account) rounds.delete(token)
    },
  }
}

const syncStateNotFound = () =>
  new GraphRefusal(
    410,
    'SyncStateNotFound',
    'The sync state generation is not found; generation=149;[highest=157][157][155][156].',
  )

type Span = Pick<Round, 'account' | 'calendarId' | 'window' | 'since'>

/** The latest change comes first, because clients must not rely on an order. */
function itemsOfRound(span: Span, { preferences, world }: Call): object[] {
  const { account, calendarId, since } = span
  const changed = account.events
    .filter((event) => event.calendarId === calendarId && event.version > since)
    .sort((one, other) => other.version - one.version)
  const isFirst = since < 0
  const items = changed.flatMap((event) => itemsOfEvent(event, { span, preferences, isFirst }))
  const removed = isFirst
    ? []
    : account.removed.filter((one) => one.calendarId === calendarId && one.version > since)
  const gone = removed
    .filter(({ id }) => world.behaviour.deltaReportsCancelledOccurrences || !isOccurrence(id))
    .map(({ id }) => removal(id, preferences))
  const all = [...gone, ...items]
  return world.behaviour.deltaDuplicates ? [...all, ...all] : all
}

/** An event that changed outside of the window is reported as removed, although it exists. */
function itemsOfEvent(
  event: StoredEvent,
  { span, preferences, isFirst }: { span: Span; preferences: Preferences; isFirst: boolean },
): object[] {
  const { account, window } = span
  const isWithin = ({ start, end }: Item) => start < window.to && end > window.from
  const item = itemOf(event, account)
  const items = item.type === 'seriesMaster' ? itemsOfSeries(event, { account, ...window }) : [item]
  const within = items.filter(isWithin)
  if (within.length === 0) return isFirst ? [] : [removal(event.id, preferences)]
  const shown = within.map((one) => toItemJson(one, { account, preferences }))
  return item.type === 'seriesMaster' ? [toItemJson(item, { account, preferences }), ...shown] : shown
}

function toItemJson(
  item: Item,
  { account, preferences }: { account: Account; preferences: Preferences },
): object {
  const type = { '@odata.type': '#microsoft.graph.event' }
  if (item.type !== 'occurrence') return { ...type, ...toEventJson(item, { account, preferences }) }
  return {
    ...type,
    '@odata.etag': etagOf(item.event),
    id: idFor(item.id, preferences.immutableIds),
    seriesMasterId: idFor(item.event.id, preferences.immutableIds),
    type: item.type,
    ...toTimesJson(item, preferences.timeZone),
  }
}

const removal = (id: string, { immutableIds }: Preferences) => ({
  '@odata.type': '#microsoft.graph.event',
  id: idFor(id, immutableIds),
  '@removed': { reason: 'deleted' },
})

const isOccurrence = (id: string) => /-(\d{8}|\d{14})=$/.test(id)
