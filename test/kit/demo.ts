// The demo, as programs read it.
import type { TestApp } from './app.ts'
import type { Demo } from './server-process.ts'

/** Who one can be in an app with the demo's workspace. */
export async function readDemo({ fetch }: Pick<TestApp, 'fetch'>): Promise<Demo> {
  const response = await fetch('/demo', { headers: { accept: 'application/json' } })
  return await response.json()
}
