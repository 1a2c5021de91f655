// Reads stored events and the bounds of their streams.
import type { Database } from '../../database/open.ts'
import { type EventRow, parseEvent, type ReadEvent } from './catalogue.ts'

/** The events of a stream that are stored. */
export interface StreamBounds {
  /** The number of the newest event; 0 before the first. */
  head: number
  /** The number of the oldest event that is stored; head + 1 when none is. */
  oldest: number
}

export interface EventReader {
  bounds(streamId: string): Promise<StreamBounds>
  /** @returns the heads by stream; a stream without any event has none */
  heads(streamIds: string[]): Promise<Map<string, number>>
  /** @param positions by stream, the number of the event to read after
   * @param limit the most events to read of each stream
   * @returns the events by stream, in order */
  readAfter(positions: Map<string, number>, limit: number): Promise<Map<string, ReadEvent[]>>
}

export function createReader(database: Database): EventReader {
  return {
    bounds: async (streamId) => {
      const [row] = await database.$queryRaw<{ head: bigint; oldest: bigint | null }[]>`
        SELECT s."head", (SELECT min(e."seq") FROM "Event" e WHERE e."streamId" = s."id") AS "oldest"
        FROM "EventStream" s WHERE s."id" = ${streamId}`
      const head = Number(row?.head ?? 0)
      return { head, oldest: Number(row?.oldest ?? head + 1) }
    },
    heads: async (streamIds) => {
      if (streamIds.length === 0) return new Map()
      const rows = await database.$queryRaw<{ id: string; head: bigint }[]>`
        SELECT "id", "head" FROM "EventStream" WHERE "id" = ANY (${streamIds})`
      return new Map(rows.map(({ id, head }) => [id, Number(head)]))
    },
    readAfter: async (positions, limit) => {
      if (positions.size === 0) return new Map()
      const rows = await database.$queryRaw<(EventRow & { streamId: string })[]>`
        SELECT e."streamId", e."seq", e."type", e."payload", e."at"
        FROM unnest(${[...positions.keys()]}::text[], ${[...positions.values()]}::bigint[]) AS from_("id", "seq")
        CROSS JOIN LATERAL (
          SELECT * FROM "Event" e WHERE e."streamId" = from_."id" AND e."seq" > from_."seq"
          ORDER BY e."seq" LIMIT ${limit}
        ) e
        ORDER BY e."streamId", e."seq"`
      const byStream = Map.groupBy(rows, ({ streamId }) => streamId)
      return new Map([...byStream].map(([streamId, ofStream]) => [streamId, ofStream.map(parseEvent)]))
    },
  }
}
