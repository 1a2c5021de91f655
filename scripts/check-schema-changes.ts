// `npm run schema:changes` classes the changes of schema.graphql since the last release (releases/VERSION.graphql), and
// fails if some are breaking although the version in package.json does not say so, or a deprecation is without a date
// or past it. With --all it lists the safe changes too.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildSchema } from 'graphql'
import { classChanges, deprecationFaults, isBreakingStep } from './schema-rules.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFile(join(root, path), 'utf8')
const releases = (await readdir(join(root, 'releases'))).map((name) => name.replace('.graphql', ''))
const release = releases.sort((one, other) => one.localeCompare(other, 'en', { numeric: true })).at(-1) ?? ''
const { version } = JSON.parse(await read('package.json'))
const listsAll = process.argv.includes('--all')
const today = new Date().toISOString().slice(0, 10)

const released = buildSchema(await read(`releases/${release}.graphql`))
const present = buildSchema(await read('schema.graphql'))
const changes = await classChanges({ released, present }, { today })

console.log(`Changes of the schema from ${release} to ${version}:`)
for (const [kind, messages] of Object.entries(changes)) {
  console.log(`${kind}: ${messages.length}`)
  if (kind !== 'SAFE' || listsAll) for (const message of messages) console.log(`  ${message}`)
}
const faults = deprecationFaults(present, today)
if (changes.BREAKING.length > 0 && !isBreakingStep(release, version)) {
  faults.push(`The schema breaks clients of ${release}, but ${version} is no breaking version.`)
}
if (faults.length > 0) {
  console.error(faults.join('\n'))
  process.exit(1)
}
