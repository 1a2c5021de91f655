// Two runs of the same tests: on PGlite always, on Postgres as well when TEST_DATABASE_URL names a server.
// What needs real concurrency (test/race) runs on Postgres only; test/browser where there is a Chromium.
import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const withoutDatabase = ['test/rules/**/*.test.ts', 'test/structure/**/*.test.ts']
const withDatabase = ['services', 'api', 'protocol', 'security'].map((kind) => `test/${kind}/**/*.test.ts`)
const server = process.env.TEST_DATABASE_URL
if (!server) {
  console.log('TEST_DATABASE_URL is not set: the tests run on PGlite, and those in test/race do not run.')
}
const hasBrowser = existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium')
if (!hasBrowser) {
  if (process.env.CI) throw new Error('There is no /usr/bin/chromium: the tests in test/browser cannot run.')
  console.log('There is no /usr/bin/chromium, and CHROMIUM names none: the tests in test/browser do not run.')
}

const onDatabase = {
  globalSetup: 'test/kit/global-setup.ts',
  setupFiles: 'test/kit/watch-locks.ts',
  testTimeout: 30_000,
  hookTimeout: 60_000,
}

// As Node resolves them. Without module-sync, Vite takes another build of graphql than Yoga does, and an error of one
// is not an instance of the other's class.
const ssr = { resolve: { conditions: ['module-sync', 'node', 'development|production'] } }

export default defineConfig({
  test: {
    projects: [
      { ssr, test: { name: 'rules', include: withoutDatabase, testTimeout: 120_000 } },
      { ssr, test: { name: 'pglite', include: withDatabase, ...onDatabase } },
      ...(server
        ? [
            {
              ssr,
              test: {
                name: 'postgres',
                include: [...withDatabase, 'test/race/**/*.test.ts'],
                ...onDatabase,
              },
            },
          ]
        : []),
      ...(hasBrowser
        ? [
            {
              ssr,
              test: {
                name: 'browser',
                include: ['test/browser/**/*.test.ts'],
                testTimeout: 90_000,
                hookTimeout: 60_000,
              },
            },
          ]
        : []),
    ],
  },
})
