import type { Database } from '../../../database/open.ts'

/** A message by its number in its conversation. */
export interface MessagePlace {
  conversationId: string
  seq: number
}

export const placeKey = ({ conversationId, seq }: MessagePlace): string => `${conversationId} ${seq}`

/** @param keys see `placeKey`
 * @returns the ids of the messages by their keys, in one statement */
export async function findMessages(database: Database, keys: string[]): Promise<Map<string, string>> {
  const places = keys.map((key) => key.split(' '))
  const rows = await database.$queryRaw<(MessagePlace & { id: string })[]>`
    SELECT m."id", m."conversationId", m."seq"
    FROM unnest(
      ${places.map(([conversationId]) => conversationId)}::uuid[], ${places.map(([, seq]) => Number(seq))}::int[]
    ) AS given("conversationId", "seq")
    JOIN "Message" m USING ("conversationId", "seq")`
  return new Map(rows.map((row) => [placeKey(row), row.id]))
}
