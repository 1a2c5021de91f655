// Measures what it costs to deliver one event to many subscribers, and to keep idle sockets, against plain `ws` that
// sends the same text in the same run; for comparison, mercurius, and Yoga's own pub/sub with graphql-ws. Servers and
// clients run in separate processes, the product runs on Postgres, and another process appends real events. Run it with
// `npm run bench:fanout`; it exits with 1 if a bar is missed. CPU time is that of the server's process.
import { type DeliveryRow, measureDeliveries } from './fanout/deliveries.ts'
import { type IdleRow, measureIdle } from './fanout/idle.ts'
import { describeMachine } from './slots.ts'

const COUNTS = [100, 1000, 5000]
/** How many times the CPU of plain `ws` a delivery may cost if the operations are identical. The fixed cost of an
 * event, which is read and executed once for any number of subscribers, is reported separately. */
const MAX_RATIO = 1.3
/** How many bytes of memory an idle socket may take. */
const MAX_SIZE = { console: 40 * 1024, visitor: 25 * 1024 }

interface Column<Row> {
  title: string
  cell(row: Row): string
}

function percentile(sorted: number[], percent: number): number {
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0
}

const DELIVERY_COLUMNS: Column<DeliveryRow>[] = [
  { title: 'subscribers of one event ', cell: ({ contestant }) => contestant },
  { title: 'number', cell: ({ subscribers }) => String(subscribers) },
  { title: 'bytes', cell: ({ bytes }) => String(bytes) },
  { title: 'event us', cell: ({ costs }) => costs.event.toFixed(0) },
  { title: 'delivery us', cell: ({ costs }) => costs.delivery.toFixed(1) },
  { title: 'ws us', cell: ({ rawCosts }) => rawCosts.delivery.toFixed(1) },
  { title: 'ratio', cell: ({ ratios }) => ratios.delivery.toFixed(2) },
  { title: 'ratio with event', cell: ({ ratios }) => ratios.total.toFixed(2) },
  { title: 'p50 ms', cell: ({ latencies }) => percentile(latencies, 50).toFixed(1) },
  { title: 'p99 ms', cell: ({ latencies }) => percentile(latencies, 99).toFixed(1) },
  { title: 'ws p50', cell: ({ rawLatencies }) => percentile(rawLatencies, 50).toFixed(1) },
  { title: 'ws p99', cell: ({ rawLatencies }) => percentile(rawLatencies, 99).toFixed(1) },
]

const IDLE_COLUMNS: Column<IdleRow>[] = [
  { title: 'idle       ', cell: ({ contestant }) => contestant },
  { title: 'socket of', cell: ({ kind }) => (kind === 'socket' ? 'none' : kind) },
  { title: 'RSS KiB', cell: ({ rss }) => (rss / 1024).toFixed(1) },
  { title: 'heap KiB', cell: ({ heap }) => (heap / 1024).toFixed(1) },
  { title: 'opened/s', cell: ({ connectionsPerSecond }) => connectionsPerSecond.toFixed(0) },
  { title: 'CPU ms/socket', cell: ({ cost }) => cost.toFixed(2) },
]

function createTable<Row>(columns: Column<Row>[]): (row: Row) => void {
  console.log(columns.map(({ title }) => title).join('  '))
  return (row) =>
    console.log(
      columns
        .map(({ title, cell }, index) =>
          index === 0 ? cell(row).padEnd(title.length) : cell(row).padStart(title.length),
        )
        .join('  '),
    )
}

function missedBars(deliveries: DeliveryRow[], idle: IdleRow[]): string[] {
  const tooExpensive = deliveries
    .filter(({ isIdentical, ratios }) => isIdentical && ratios.delivery > MAX_RATIO)
    .map(
      ({ contestant, subscribers, ratios }) =>
        `${contestant}, ${subscribers}: ${ratios.delivery.toFixed(2)} times plain ws, bar ${MAX_RATIO}`,
    )
  const tooLarge = idle.flatMap(({ contestant, kind, rss, heap }) => {
    // Resident memory does not grow if the sockets use memory that was free before, so the heap counts too.
    const size = Math.max(rss, heap)
    if (contestant !== 'switchboard' || kind === 'socket' || size <= MAX_SIZE[kind]) return []
    return [`idle ${kind}: ${(size / 1024).toFixed(1)} KiB, bar ${MAX_SIZE[kind] / 1024} KiB`]
  })
  return [...tooExpensive, ...tooLarge]
}

console.log(describeMachine())
console.log('CPU microseconds of the server; milliseconds from the event to its arrival')
const deliveries = await measureDeliveries(COUNTS, createTable(DELIVERY_COLUMNS))
console.log('\nfor each open socket on which nothing happens')
const idle = await measureIdle(createTable(IDLE_COLUMNS))
const missed = missedBars(deliveries, idle)
for (const bar of missed) console.log(`MISSED ${bar}`)
process.exitCode = missed.length > 0 ? 1 : 0
