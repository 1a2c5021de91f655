// The cursor of an item in a list: the values by which the list is ordered. It marks a place, so that a page continues
// there although the item has been changed or deleted meanwhile.
import { z } from 'zod'

const text = z
  .string()
  .max(1000)
  .refine((value) => value.isWellFormed() && !value.includes('\0'))
const instant = z.iso.datetime().transform((value) => new Date(value))

/** The columns by which lists are ordered. None of them can be null. */
const COLUMNS = {
  id: z.uuid(),
  seq: z.int32(),
  name: text,
  sortName: text,
  startsAt: instant,
  bookedAt: instant,
  createdAt: instant,
  requestedAt: instant,
  lastMessageAt: instant,
}

type Column = keyof typeof COLUMNS
type Value = string | number | Date
type Values = Partial<Record<Column, Value>>

/** An order as Prisma takes it. No two items of a list have the same values in all its columns. */
export type Order = { [name in Column]?: 'asc' | 'desc' }[]

const columnsOf = (order: Order): [Column, 'asc' | 'desc'][] =>
  order.flatMap((part) => Object.entries(part) as [Column, 'asc' | 'desc'][])

/** @param item a row with the columns of the order */
export function formatCursor(order: Order, item: object): string {
  const values = item as Values
  const place = Object.fromEntries(columnsOf(order).map(([column]) => [column, values[column]]))
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** @returns null for anything but a cursor of a list with these columns */
export function parseCursor(order: Order, cursor: unknown): Values | null {
  if (typeof cursor !== 'string') return null
  const shape = Object.fromEntries(columnsOf(order).map(([column]) => [column, COLUMNS[column]]))
  const parsed = z.strictObject(shape).safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()))
  return parsed.success ? (parsed.data as Values) : null
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

/** @returns a condition for Prisma that holds for the items on one side of a place */
export function beyond(order: Order, { place, side }: { place: Values; side: 'AFTER' | 'BEFORE' }): object {
  const columns = columnsOf(order)
  const isGreater = (direction: 'asc' | 'desc') => (direction === 'asc') === (side === 'AFTER')
  const alternatives = columns.map(([column, direction], index) => ({
    ...Object.fromEntries(columns.slice(0, index).map(([former]) => [former, place[former]])),
    [column]: { [isGreater(direction) ? 'gt' : 'lt']: place[column] },
  }))
  // Says again what the alternatives have in common, so that the database begins to read its index there.
  const bounds = columns.slice(0, 1).map(([column, direction]) => ({
    [column]: { [isGreater(direction) ? 'gte' : 'lte']: place[column] },
  }))
  return { AND: [...bounds, { OR: alternatives }] }
}
