// `npm run emulators`: starts the calendar providers, with two accounts each, and prints the environment variables with
// which the program uses them. GOOGLE_EMULATOR_PORT and MICROSOFT_EMULATOR_PORT replace their ports. Ctrl+C stops them;
// nothing is stored.
import { googleEnvironment, microsoftEnvironment } from './environment.ts'
import { startGoogle } from './google/server.ts'
import { startMicrosoft } from './microsoft/server.ts'

const client = { clientId: 'switchboard', clientSecret: 'secret' }
const clock = { now: () => new Date() }
/** Each account is for the calendar of one agent. */
const ACCOUNTS = [
  { email: 'ada@work.example', name: 'Ada Lovelace', timeZone: 'Europe/Berlin' },
  { email: 'grace@work.example', name: 'Grace Hopper', timeZone: 'America/New_York' },
]

/** What an installation needs that connects calendars. */
const REQUIRED = {
  PUBLIC_URL: `http://127.0.0.1:${readPort('PORT', 4000)}`,
  SECRETS_KEY: Buffer.from('known to all, for emulators only').toString('base64'),
}

const EMULATORS = [
  {
    name: 'Google',
    port: readPort('GOOGLE_EMULATOR_PORT', 4401),
    start: startGoogle,
    environment: googleEnvironment,
  },
  {
    name: 'Microsoft',
    port: readPort('MICROSOFT_EMULATOR_PORT', 4402),
    start: startMicrosoft,
    environment: microsoftEnvironment,
  },
]

for (const { name, port, start, environment } of EMULATORS) {
  const emulator = await start({ ...client, clock, port }).catch(explain)
  for (const account of ACCOUNTS) emulator.addAccount(account)
  const accounts = ACCOUNTS.map(({ email }) => email).join(' and ')
  console.log(`# ${name} is at ${emulator.origin}, with the accounts ${accounts}.`)
  for (const [variable, value] of Object.entries(environment(emulator.origin, client))) {
    console.log(`export ${variable}=${value}`)
  }
}
for (const [variable, value] of Object.entries(REQUIRED)) console.log(`export ${variable}=${value}`)
console.log('# Set these in the terminal in which the program is started. Ctrl+C stops the emulators.')

/** @returns 0 for any free port, if the variable says so */
function readPort(variable: string, byDefault: number): number {
  const port = Number(process.env[variable] || byDefault)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  return stop(`${variable}: must be a port.`)
}

function explain(error: unknown): never {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (!isTaken) throw error
  return stop(`${error.message}. Set GOOGLE_EMULATOR_PORT or MICROSOFT_EMULATOR_PORT to another port.`)
}

function stop(message: string): never {
  console.error(message)
  process.exit(1)
}
