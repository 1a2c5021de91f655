// With TEST_DATABASE_URL all tests run on that Postgres, and on PGlite again those where it may answer differently.
// Without a server they run on PGlite, except those of real concurrency (test/race); `npm test` takes a selection of them
// then (--mode selection), which ends within minutes. Three workers run the files, also on two cores, because many files
// wait for clocks and processes; a worker keeps the application's modules and its databases from one file to the next.
import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/kit/longest-first.ts'
import { ALONE, ON_PGLITE_TOO, WITHOUT_SERVER } from './test/kit/selection.ts'

const withoutDatabase = ['test/rules/**/*.test.ts', 'test/structure/**/*.test.ts']
const withDatabase = ['services', 'api', 'protocol', 'security'].map((kind) => `test/${kind}/**/*.test.ts`)
const hasServer = Boolean(process.env.TEST_DATABASE_URL)
const hasBrowser = existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium')
if (!hasBrowser) {
  if (process.env.CI) throw new Error('There is no /usr/bin/chromium: the tests in test/browser cannot run.')
  console.log('There is no /usr/bin/chromium, and CHROMIUM names none: the tests in test/browser do not run.')
}

// As Node resolves them. Without module-sync, Vite takes another build of graphql than Yoga does, and an error of one
// is not an instance of the other's class.
const ssr = { resolve: { conditions: ['module-sync', 'node', 'development|production'] } }

const shared = {
  isolate: false,
  maxWorkers: 3,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 45_000, interval: 20 } },
}
const onDatabase = {
  ...shared,
  globalSetup: 'test/kit/global-setup.ts',
  setupFiles: 'test/kit/watch-locks.ts',
}

const rules = { ...shared, name: 'rules', include: withoutDatabase }
const browser = {
  ...onDatabase,
  name: 'browser',
  globalSetup: [onDatabase.globalSetup, 'test/kit/browser-setup.ts'],
  include: ['test/browser/**/*.test.ts'],
  testTimeout: 90_000,
}
const postgres = {
  ...onDatabase,
  name: 'postgres',
  include: [...withDatabase, 'test/race/**/*.test.ts'],
  exclude: ALONE,
}
const alone = {
  ...onDatabase,
  name: 'alone',
  include: ALONE,
  maxWorkers: 1,
  sequence: { groupOrder: 1 },
}

/** The files that run on PGlite. */
function pgliteFiles(mode: string): string[] {
  if (hasServer) return ON_PGLITE_TOO
  const selects = mode === 'selection'
  const what = selects
    ? "some files of each domain run, on PGlite; 'npm run test:all' runs all but test/race"
    : 'the tests run on PGlite, and those in test/race do not run'
  console.log(`TEST_DATABASE_URL is not set: ${what}.`)
  return selects ? WITHOUT_SERVER : withDatabase
}

export default defineConfig(({ mode }) => {
  const pglite = { ...onDatabase, name: 'pglite', include: pgliteFiles(mode) }
  const projects = [rules, pglite, ...(hasServer ? [postgres, alone] : []), ...(hasBrowser ? [browser] : [])]
  return {
    test: {
      sequence: { sequencer: LongestFirst },
      projects: projects.map((test) => ({ ssr, test })),
    },
  }
})
