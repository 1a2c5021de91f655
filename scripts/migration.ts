// `npm run migration NAME` writes the SQL from the migrations to prisma/schema.prisma as a new migration, to
// be completed by hand; with --check it fails when the two do not agree.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { differenceToSchema } from '../src/database/migrate.ts'
import { openPglite } from '../src/database/open.ts'

const name = process.argv[2]
if (name === undefined) {
  console.error('Usage: npm run migration NAME')
  process.exit(2)
}
const database = await openPglite({ folder: null })
const sql = await differenceToSchema(database)
await database.close()

if (name === '--check') {
  if (sql !== '') {
    console.error(`The migrations do not lead to prisma/schema.prisma. Missing:\n${sql}`)
    process.exit(1)
  }
  console.log('The migrations and prisma/schema.prisma agree.')
} else if (sql === '') {
  console.log('Nothing to write: the migrations and prisma/schema.prisma agree.')
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = join(import.meta.dirname, '../prisma/migrations', `${stamp}_${name.replace(/\W+/g, '_')}`)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'migration.sql'), sql)
  console.log(`Wrote ${folder}/migration.sql`)
}
