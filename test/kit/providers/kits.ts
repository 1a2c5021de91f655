// The list of kits. It does not compile while a provider of the program has none.
import type { GoogleAccount } from '../../emulators/google/accounts.ts'
import type { Google } from '../../emulators/google/server.ts'
import type { Microsoft } from '../../emulators/microsoft/server.ts'
import type { MicrosoftAccount } from '../../emulators/microsoft/user-actions.ts'
import { googleKit } from './google.ts'
import { microsoftKit } from './microsoft.ts'
import type { Provider, ProviderKit } from './provider-kit.ts'

/** The emulators, by the name that tests have for each. */
export interface Provided {
  google: Google
  microsoft: Microsoft
}

/** An account at any of the providers. */
export type Account = GoogleAccount | MicrosoftAccount

const NAMES: Record<Provider, keyof Provided> = { GOOGLE: 'google', MICROSOFT: 'microsoft' }

export const KITS: Record<Provider, ProviderKit<Provided[keyof Provided], Account>> = {
  GOOGLE: googleKit,
  MICROSOFT: microsoftKit,
}

export const PROVIDERS = Object.keys(KITS) as Provider[]

/** The emulator of a provider. */
export const emulatorOf = (app: Provided, provider: Provider) => app[NAMES[provider]]

export const emulatorsOf = (app: Provided) => PROVIDERS.map((provider) => emulatorOf(app, provider))

export async function startEmulators(
  options: Parameters<(typeof KITS)[Provider]['start']>[0],
): Promise<Provided> {
  const started = PROVIDERS.map(async (provider) => [NAMES[provider], await KITS[provider].start(options)])
  return Object.fromEntries(await Promise.all(started))
}

/** What registers the program at providers with these origins.
 * @param publicUrl the program's own address */
export function environmentOf(
  originOf: (provider: Provider) => string,
  client: { clientId: string; clientSecret: string; publicUrl: string },
): Record<string, string> {
  return Object.assign(
    { PUBLIC_URL: client.publicUrl, SECRETS_KEY: Buffer.alloc(32, 7).toString('base64') },
    ...PROVIDERS.map((provider) => KITS[provider].environment(originOf(provider), client)),
  )
}
