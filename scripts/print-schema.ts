// `npm run schema` prints the schema of the code to schema.graphql; with --check it fails if the file differs.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from '../src/schema/index.ts'

const file = join(import.meta.dirname, '../schema.graphql')
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`
if (!process.argv.includes('--check')) {
  await writeFile(file, printed)
} else if ((await readFile(file, 'utf8').catch(() => '')) !== printed) {
  console.error('schema.graphql differs from the code. Run `npm run schema` and review the difference.')
  process.exit(1)
} else {
  console.log('schema.graphql agrees with the code.')
}
