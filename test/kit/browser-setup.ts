// Starts the Chromium of all browser tests: Debian's package `chromium`, or what CHROMIUM names.
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    browserEndpoint: string
  }
}

/** Left to itself Chromium looks for its maker's servers. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export default async function setUp(project: TestProject) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  // Root, as in containers, cannot have Chromium's sandbox.
  const chromiumSandbox = process.getuid?.() !== 0
  const server = await chromium.launchServer({ executablePath, args: QUIET, chromiumSandbox })
  project.provide('browserEndpoint', server.wsEndpoint())
  return () => server.close()
}
