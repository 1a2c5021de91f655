// Measures dialogues over HTTP on Postgres, beside `{ __typename }` and a plain read of the same rows, so that other work on
// the machine disturbs all of them alike. Run it with `npm run bench:dialogues`; it exits with 1 if a bar is missed. The
// name of a part runs that part alone.
import { measureAnswers } from './dialogues/answers.ts'
import type { Line } from './dialogues/line.ts'
import { measureReports } from './dialogues/reports.ts'
import { measureResolution } from './dialogues/resolution.ts'
import { percentile } from './in-turn.ts'
import { describePostgres, type Installation, withInstallation } from './installation.ts'
import { describeMachine } from './slots.ts'

const NOW = Date.parse('2026-12-01T08:00:00Z')

/** Each fills the database for itself, and returns a line for each thing that it measures. */
const PARTS: Record<string, (installation: Installation) => Promise<Line[]>> = {
  resolution: measureResolution,
  answers: measureAnswers,
  reports: measureReports,
}

const ms = (time: number) => time.toFixed(time < 1 ? 2 : 1)
const COLUMNS: { title: string; cell(line: Line): string }[] = [
  { title: 'rows', cell: ({ rows }) => rows.toLocaleString('en') },
  { title: 'requests', cell: ({ times }) => String(times.length) },
  { title: 'p50 ms', cell: ({ times }) => ms(percentile(times, 50)) },
  { title: 'p95 ms', cell: ({ times }) => ms(percentile(times, 95)) },
  { title: 'bar ms', cell: ({ bar }) => (bar === null ? '' : `p${bar.percentile} ${bar.ms}`) },
  {
    title: 'x { __typename }',
    cell: ({ times, nothing }) => ms(percentile(times, 50) / percentile(nothing, 50)),
  },
  {
    title: 'x reading the rows',
    cell: ({ times, reading }) => (percentile(times, 50) / percentile(reading, 50)).toFixed(2),
  },
  { title: 'SQL statements', cell: ({ statements }) => String(statements) },
]

await withInstallation(NOW, async (installation) => {
  console.log(`${describeMachine()}, ${await describePostgres(installation)}`)
  const [only] = process.argv.slice(2)
  let isMissed = false
  for (const [name, measure] of Object.entries(PARTS)) {
    if (only !== undefined && only !== name) continue
    const lines = await measure(installation)
    const width = Math.max(...lines.map((line) => line.name.length))
    console.log(
      ['', ...COLUMNS.map(({ title }) => title)]
        .map((title, index) => (index === 0 ? name.padEnd(width) : title))
        .join('  '),
    )
    for (const line of lines) {
      const cells = COLUMNS.map(({ title, cell }) => cell(line).padStart(title.length))
      console.log([line.name.padEnd(width), ...cells].join('  '))
      if (line.bar === null) continue
      const { percentile: percent, ms: bar } = line.bar
      const measured = percentile(line.times, percent)
      if (measured <= bar) continue
      console.log(`MISSED ${line.name}: p${percent} is ${ms(measured)} ms, bar ${bar} ms`)
      isMissed = true
    }
  }
  process.exitCode = isMissed ? 1 : 0
})
