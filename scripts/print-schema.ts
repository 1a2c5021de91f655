// `npm run schema` prints the schema of the code to schema.graphql; with --check it fails if the file differs.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { printedSchema } from '../src/schema/printed-schema.ts'

const file = join(import.meta.dirname, '../schema.graphql')
const printed = printedSchema()
if (!process.argv.includes('--check')) {
  await writeFile(file, printed)
} else if ((await readFile(file, 'utf8').catch(() => '')) !== printed) {
  console.error('schema.graphql differs from the code. Run `npm run schema` and review the difference.')
  process.exit(1)
} else {
  console.log('schema.graphql agrees with the code.')
}
