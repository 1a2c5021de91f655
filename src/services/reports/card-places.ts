// Where the cards of a dialogue stand, and whether they wait for an answer, as the versions say that visitors were shown.
import type { Database } from '../../database/open.ts'
import type { Card } from '../dialogues/definition/compiled.ts'
import type { ReportDays } from './report-range.ts'

export interface CardPlace {
  /** Ascends in the order of the cards, those of the latest version first. */
  place: number
  waits: boolean
}

interface Row {
  dialogueId: string
  /** Of the version. */
  number: number
  start: string
  key: string
  kind: Card['kind']
  /** The cards that may follow without an answer. */
  next: string[]
}

const ASKING = new Set<Card['kind']>(['QUESTION', 'CAPTURE', 'MEETING'])

/** Of the versions that were published in the period, or last before it.
 * @returns by dialogue and key of the card */
export async function placesOfCards(
  database: Database,
  {
    workspaceId,
    dialogueIds,
    range: { spans },
  }: { workspaceId: string; dialogueIds: string[]; range: ReportDays },
): Promise<Map<string, Map<string, CardPlace>>> {
  const start = new Date(spans[0]?.start ?? 0)
  const end = new Date(spans.at(-1)?.end ?? 0)
  const rows = await database.$queryRaw<Row[]>`
    SELECT v."dialogueId", v."number", v."definition"->>'start' AS "start", card."value"->>'key' AS "key",
      card."value"->>'kind' AS "kind", array_remove(
        ARRAY (SELECT jsonb_path_query(card."value", '$.branches[*].next') #>> '{}') || (card."value"->>'next'), NULL
      ) AS "next"
    FROM "DialogueVersion" v
    CROSS JOIN LATERAL jsonb_array_elements(v."definition"->'cards') WITH ORDINALITY AS card("value", "place")
    WHERE v."dialogueId" = ANY (${dialogueIds}::uuid[]) AND v."workspaceId" = ${workspaceId}::uuid
      AND v."publishedAt" < ${end}::timestamptz AND v."number" >= coalesce((
        SELECT max(o."number") FROM "DialogueVersion" o
        WHERE o."dialogueId" = v."dialogueId" AND o."publishedAt" <= ${start}::timestamptz
      ), 0)
    ORDER BY v."dialogueId", v."number" DESC, card."place"`
  const byDialogue = Map.groupBy(rows, ({ dialogueId }) => dialogueId)
  return new Map([...byDialogue].map(([id, cards]) => [id, placesIn(cards)]))
}

/** @param cards of the versions of a dialogue, the latest one first */
function placesIn(cards: Row[]): Map<string, CardPlace> {
  const places = new Map<string, CardPlace>()
  for (const version of Map.groupBy(cards, ({ number }) => number).values()) {
    const first = reachedAtOnce(version)
    for (const { key, kind } of version) {
      const waits = ASKING.has(kind) || (kind === 'LIVE_CHAT' && first.has(key))
      if (!places.has(key)) places.set(key, { place: places.size, waits })
    }
  }
  return places
}

/** A live chat is requested when its card is reached by an answer. Before any answer it waits to be started.
 * @returns the keys of the cards that can be reached without an answer */
function reachedAtOnce(version: Row[]): Set<string> {
  const cards = new Map(version.map((card) => [card.key, card]))
  const reached = new Set<string>()
  const open = version.slice(0, 1).map(({ start }) => start)
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const card = cards.get(key)
    if (reached.has(key) || card === undefined) continue
    reached.add(key)
    if (!ASKING.has(card.kind)) open.push(...card.next)
  }
  return reached
}
