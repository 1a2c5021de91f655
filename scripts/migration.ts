// `npm run migration NAME` writes a new migration with the SQL that leads from the existing migrations to
// prisma/schema.prisma; constraints that Prisma does not know are added by hand. With --check it fails if the two
// differ.
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
    console.error(`The migrations do not lead to prisma/schema.prisma. The missing SQL:\n${sql}`)
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
