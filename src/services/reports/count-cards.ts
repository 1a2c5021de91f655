// Counts how often the cards of dialogues were shown and answered, and where visitors stopped (docs/reports.md).
import { Prisma } from '../../database/generated/client/client.ts'
import type { DialogueCountKind } from '../../database/generated/client/enums.ts'
import type { Database } from '../../database/open.ts'
import { placesOfCards } from './card-places.ts'
import { isInRange } from './in-range.ts'
import type { ReportDays } from './report-range.ts'

/** As names of the API. */
const KINDS = {
  CARD_SHOWN: 'shown',
  CARD_ANSWERED: 'answered',
  DOCUMENT_OPENED: 'opened',
  DOCUMENT_DOWNLOADED: 'downloaded',
} as const satisfies { [Kind in DialogueCountKind]?: string }
type CardKind = keyof typeof KINDS

export interface CardCounts {
  cardKey: string
  shown: number
  answered: number
  /** How many did not answer it; 0 for a card that waits for no answer. */
  left: number
  opened: number
  downloaded: number
}

export interface CardCounting {
  workspaceId: string
  dialogueIds: string[]
  range: ReportDays
  /** See `DialogueCounting`. */
  known: boolean | null
}

interface Row {
  dialogueId: string
  cardKey: string
  kind: CardKind
  count: number
}

/** @returns the cards that were counted, by dialogue: in the order of the latest version that has them, those of later
 *   versions first. Two statements for any number of dialogues */
export async function countCards(
  database: Database,
  counting: CardCounting,
): Promise<Map<string, CardCounts[]>> {
  const { dialogueIds } = counting
  const [rows, places] = await Promise.all([readRows(database, counting), placesOfCards(database, counting)])
  const byDialogue = Map.groupBy(rows, ({ dialogueId }) => dialogueId)
  return new Map(
    dialogueIds.map((id) => {
      const ofDialogue = places.get(id) ?? new Map()
      const placeOf = ({ cardKey }: CardCounts) => ofDialogue.get(cardKey)?.place ?? Number.MAX_SAFE_INTEGER
      const cards = addUp(byDialogue.get(id) ?? []).sort((one, other) => placeOf(one) - placeOf(other))
      return [
        id,
        cards.map((card) => {
          const waits = ofDialogue.get(card.cardKey)?.waits ?? card.answered > 0
          return { ...card, left: waits ? Math.max(card.shown - card.answered, 0) : 0 }
        }),
      ]
    }),
  )
}

/** As the partial index says, so that Postgres uses it. */
const OF_CARDS = Prisma.sql`
  c."kind" IN ('CARD_SHOWN', 'CARD_ANSWERED', 'DOCUMENT_OPENED', 'DOCUMENT_DOWNLOADED')`

/** Goes from card to card in the index, and counts the entries of each. That is faster than to group all entries. */
function readRows(
  database: Database,
  { workspaceId, dialogueIds, known, range }: CardCounting,
): Promise<Row[]> {
  const ifKnown = known === null ? Prisma.empty : Prisma.sql`AND c."known" = ${known}`
  return database.$queryRaw<Row[]>`
    WITH RECURSIVE card ("dialogueId", "kind", "key") AS (
      SELECT d."id", k."kind", (
        SELECT min(c."occurrence") FROM "DialogueCount" c
        WHERE c."dialogueId" = d."id" AND c."kind" = k."kind" AND ${OF_CARDS}
      )
      FROM "Dialogue" d CROSS JOIN unnest(${Object.keys(KINDS)}::text[]::"DialogueCountKind"[]) AS k("kind")
      WHERE d."id" = ANY (${dialogueIds}::uuid[]) AND d."workspaceId" = ${workspaceId}::uuid
      UNION ALL
      SELECT card."dialogueId", card."kind", (
        SELECT min(c."occurrence") FROM "DialogueCount" c
        WHERE c."dialogueId" = card."dialogueId" AND c."kind" = card."kind" AND ${OF_CARDS}
          AND c."occurrence" > card."key"
      )
      FROM card WHERE card."key" IS NOT NULL
    )
    SELECT card."dialogueId", card."kind"::text, card."key" AS "cardKey", found."count"
    FROM card CROSS JOIN LATERAL (
      SELECT count(*)::int AS "count" FROM "DialogueCount" c
      WHERE c."dialogueId" = card."dialogueId" AND c."kind" = card."kind" AND ${OF_CARDS}
        AND c."occurrence" = card."key" AND ${isInRange(Prisma.sql`c."at"`, range)} ${ifKnown}
    ) found
    WHERE card."key" IS NOT NULL AND found."count" > 0`
}

/** @returns the cards by key */
function addUp(rows: Row[]): CardCounts[] {
  const cards = new Map<string, CardCounts>()
  for (const { cardKey, kind, count } of rows) {
    const card = cards.get(cardKey) ?? {
      cardKey,
      shown: 0,
      answered: 0,
      left: 0,
      opened: 0,
      downloaded: 0,
    }
    card[KINDS[kind]] = count
    cards.set(cardKey, card)
  }
  return [...cards.values()].sort((one, other) => (one.cardKey < other.cardKey ? -1 : 1))
}
