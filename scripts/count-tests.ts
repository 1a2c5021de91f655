// Says how many tests there were and where the time went, and fails when one of them failed or was skipped. For .ci/run,
// with vitest's report as JSON.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { name: string; startTime: number; endTime: number }[]
}

const SLOWEST = 10

const [file = ''] = process.argv.slice(2)
const report: Report = JSON.parse(readFileSync(file, 'utf8'))
const files = report.testResults.map(({ name, startTime, endTime }) => ({
  name: relative('test', name),
  seconds: (endTime - startTime) / 1000,
}))

const inSeconds = (name: string, seconds: number) => `${seconds.toFixed(0).padStart(6)} s ${name}`
for (const [kind, ofKind] of Map.groupBy(files, ({ name }) => name.split('/')[0] ?? '')) {
  const sum = ofKind.reduce((total, { seconds }) => total + seconds, 0)
  console.log(inSeconds(`${kind}, ${ofKind.length} files`, sum))
}
console.log('The slowest files:')
for (const { name, seconds } of files.sort((one, other) => other.seconds - one.seconds).slice(0, SLOWEST)) {
  console.log(inSeconds(name, seconds))
}

const { numPassedTests: passed, numFailedTests: failed } = report
const skipped = report.numPendingTests + report.numTodoTests
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
if (passed === 0 || failed + skipped > 0) process.exitCode = 1
