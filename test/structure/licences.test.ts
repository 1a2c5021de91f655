// What is deployed (`npm run package`) may be used under the MIT licence, together with everything that it needs.
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

/** Licences that ask for no more than a notice; and MPL-2.0, which asks it for its own, unchanged files only. */
const ALLOWED = new Set([
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD', 'BSD-2-Clause', 'BSD-3-Clause'],
  ...['Apache-2.0', 'CC0-1.0', '(MIT OR CC0-1.0)', 'MPL-2.0'],
])
/** What only development needs, with much besides: a database's browser, another database, a part under EPL-2.0. */
const NOT_DEPLOYED = ['prisma', '@prisma/studio-core', 'react', 'mysql2', 'elkjs', 'typescript', 'vitest']

interface LockedPackage {
  license?: string
  dev?: boolean
  devOptional?: boolean
}

const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
  packages: Record<string, LockedPackage>
}
const deployed = Object.entries(packages).filter(
  ([path, { dev, devOptional }]) => path && !dev && !devOptional,
)

it('every package that is deployed has a licence that goes with MIT', () => {
  expect(deployed.length).toBeGreaterThan(100)
  const others = deployed.filter(([, { license }]) => !ALLOWED.has(license ?? 'none'))
  expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([])
})

it('only one of them has a licence for its own files, web-push', () => {
  const own = deployed.filter(([, { license }]) => license === 'MPL-2.0').map(([path]) => path)
  expect(own).toEqual(['node_modules/web-push'])
})

it('none of them is for development only', () => {
  const names = deployed.map(([path]) => path.replace(/^.*node_modules\//, ''))
  expect(names.filter((name) => NOT_DEPLOYED.includes(name))).toEqual([])
  expect(names.filter((name) => name === '@electric-sql/pglite')).toHaveLength(1)
})
