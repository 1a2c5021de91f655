// `npm run emulators`: starts the calendar providers on fixed ports, with two accounts each, and prints the environment
// variables with which the program uses them. Ctrl+C stops them; nothing is stored.
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

const EMULATORS = [
  { name: 'Google', port: 4401, start: startGoogle, environment: googleEnvironment },
  { name: 'Microsoft', port: 4402, start: startMicrosoft, environment: microsoftEnvironment },
]

for (const { name, port, start, environment } of EMULATORS) {
  const emulator = await start({ ...client, clock, port })
  for (const account of ACCOUNTS) emulator.addAccount(account)
  const accounts = ACCOUNTS.map(({ email }) => email).join(' and ')
  console.log(`# ${name} is at ${emulator.origin}, with the accounts ${accounts}.`)
  for (const [variable, value] of Object.entries(environment(emulator.origin, client))) {
    console.log(`export ${variable}=${value}`)
  }
}
console.log('# Set these in the terminal in which the program is started. Ctrl+C stops the emulators.')
