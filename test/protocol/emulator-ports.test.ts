// `npm run emulators` as the README describes it.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../kit/free-port.ts'
import { type Program, START_DEADLINE_MS, startProgram } from '../kit/program.ts'

const startEmulators = (ports: { google?: number | string; microsoft?: number | string }): Program =>
  startProgram(
    {
      GOOGLE_EMULATOR_PORT: String(ports.google ?? 0),
      MICROSOFT_EMULATOR_PORT: String(ports.microsoft ?? 0),
    },
    { script: ['test/emulators/start.ts'] },
  )

describe('the ports of the emulators', () => {
  it('are settings', async () => {
    const [google, microsoft] = [await freePort(), await freePort()]
    const { output } = startEmulators({ google, microsoft })
    await vi.waitFor(() => expect(output()).toContain('# Set these'), { timeout: START_DEADLINE_MS })
    expect(output()).toContain(`export GOOGLE_API_URL=http://127.0.0.1:${google}\n`)
    expect(output()).toContain(`export MICROSOFT_GRAPH_URL=http://127.0.0.1:${microsoft}\n`)
    for (const port of [google, microsoft]) {
      expect(await fetch(`http://127.0.0.1:${port}/`)).toBeInstanceOf(Response)
    }
  })

  it('that are in use are named, with the settings', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const { errors, exitCode } = startEmulators({ microsoft: port })
    expect(await exitCode).toBe(1)
    expect(errors()).toContain(String(port))
    expect(errors()).toContain('Set GOOGLE_EMULATOR_PORT or MICROSOFT_EMULATOR_PORT to another port.')
  })

  it.each(['https', '65536', '-1', '80.5'])('are refused if they are none: %s', async (google) => {
    const { errors, exitCode } = startEmulators({ google })
    expect(await exitCode).toBe(1)
    expect(errors()).toContain('GOOGLE_EMULATOR_PORT: must be a port.')
  })
})
