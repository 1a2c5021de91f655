// `calendarView/delta` of the emulated Microsoft Graph: its rounds, pages and links.
import { describe, expect, it } from 'vitest'
import type { Recurrence } from '../../emulators/microsoft/model.ts'
import { pathOf, refusalOf, useScene } from './microsoft-scene.ts'

const scene = useScene()
const WINDOW = { startDateTime: '2030-03-04T00:00:00Z', endDateTime: '2030-03-11T00:00:00Z' }
const DAILY: Recurrence = {
  pattern: { type: 'daily', interval: 1 },
  range: { type: 'numbered', startDate: '2030-03-04', numberOfOccurrences: 3 },
}

interface FeedItem {
  id: string
  type?: string
  showAs?: string
  '@removed'?: { reason: string }
}

/** Reads a round of the feed to its end.
 * @param link the delta link of the previous round; starts the first round when omitted */
async function readRound(
  link?: string,
  prefer?: string,
): Promise<{ items: FeedItem[]; link: string; pages: number }> {
  const items: FeedItem[] = []
  let path = link === undefined ? `/me/calendarView/delta?${new URLSearchParams(WINDOW)}` : pathOf(link)
  for (let pages = 1; ; pages++) {
    const request = scene.graph.api(path)
    if (prefer) request.header('Prefer', prefer)
    const page = await request.get()
    items.push(...page.value)
    if (page['@odata.deltaLink']) return { items, pages, link: page['@odata.deltaLink'] }
    path = pathOf(page['@odata.nextLink'])
  }
}

const createAt = (start: string, end: string) => scene.agent.createEvent({ start, end })
const createInTheMorning = () => createAt('2030-03-05T09:00:00Z', '2030-03-05T10:00:00Z')
const typesOf = (items: FeedItem[]) => items.map((one) => (one['@removed'] ? 'removed' : one.type))

describe('a change feed', () => {
  it('lists all events in the first round, in pages, and then only the changes', async () => {
    for (let hour = 1; hour < 8; hour++) createAt(`2030-03-05T0${hour}:00:00Z`, `2030-03-05T0${hour}:30:00Z`)
    const first = await readRound(undefined, 'odata.maxpagesize=3')
    expect(first).toMatchObject({ pages: 3, items: { length: 7 } })
    expect((await readRound(first.link)).items).toEqual([])
    const id = createInTheMorning()
    const second = await readRound(first.link, 'IdType="ImmutableId"')
    expect(second.items.map((one) => one.id)).toEqual([id])
    scene.agent.deleteEvent(id)
    const third = await readRound(second.link, 'IdType="ImmutableId"')
    expect(third.items).toMatchObject([{ id, '@removed': { reason: 'deleted' } }])
  })

  it('lists the occurrences of a series with few fields, without showAs', async () => {
    scene.agent.createEvent({ start: '2030-03-04T09:00:00Z', end: '2030-03-04T10:00:00Z', recurrence: DAILY })
    const { items } = await readRound()
    expect(typesOf(items)).toEqual(['seriesMaster', 'occurrence', 'occurrence', 'occurrence'])
    expect(items[0]?.showAs).toBe('busy')
    expect(Object.keys(items[1] ?? {}).sort()).toEqual(
      ['@odata.etag', '@odata.type', 'end', 'id', 'seriesMasterId', 'start', 'type'].sort(),
    )
  })

  it('reports changes outside of its window as removals', async () => {
    const { link } = await readRound()
    createAt('2030-05-05T09:00:00Z', '2030-05-05T10:00:00Z')
    expect(typesOf((await readRound(link)).items)).toEqual(['removed'])
  })

  it('reports a cancelled occurrence only with `deltaReportsCancelledOccurrences`', async () => {
    const id = scene.agent.createEvent({
      start: '2030-03-04T09:00',
      end: '2030-03-04T10:00',
      recurrence: DAILY,
    })
    const { link } = await readRound()
    scene.agent.deleteEvent(scene.agent.occurrenceId(id, '2030-03-05T09:00'))
    expect(typesOf((await readRound(link)).items)).toEqual(['seriesMaster', 'occurrence', 'occurrence'])
    scene.microsoft.behaviour.deltaReportsCancelledOccurrences = true
    expect(typesOf((await readRound(link)).items)).toContain('removed')
  })

  it('may list an item twice, and have an empty page', async () => {
    createInTheMorning()
    scene.microsoft.behaviour.deltaDuplicates = true
    scene.microsoft.behaviour.emptyPages = true
    const { items, pages } = await readRound(undefined, 'odata.maxpagesize=1')
    expect(pages).toBe(3)
    expect(items[0]?.id).toBe(items[1]?.id)
  })

  it('may invalidate its links', async () => {
    const { link } = await readRound()
    scene.agent.expireSyncTokens()
    expect(await refusalOf(readRound(link))).toBe('410 SyncStateNotFound')
    expect((await readRound()).items).toEqual([])
  })

  it('refuses the parameters of a calendar view', async () => {
    const call = scene.graph.api('/me/calendarView/delta').query(WINDOW).select('id').get()
    expect(await refusalOf(call)).toBe('400 ErrorInvalidUrlQuery')
  })
})
