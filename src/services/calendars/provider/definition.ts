import { z } from 'zod'
import type { CalendarApi, CalendarConnector, ProviderFacts } from '../../ports/calendar-provider.ts'

/** A provider that this installation is registered with. */
export interface RegisteredProvider {
  api: CalendarApi
  connector: CalendarConnector
}

/** Everything that the rest of the program knows of a provider. The folder of the provider exports it. */
export interface CalendarDefinition extends ProviderFacts {
  slug: string
  /** Reads the provider's environment variables; null: this installation is not registered with it. */
  registration: z.ZodType<RegisteredProvider | null>
}

/** A variable with an address of the provider, which an emulator or a national cloud can replace. */
export const webAddress = (byDefault: string) => z.url({ protocol: /^https?$/ }).default(byDefault)

/** The variable for how much access agents are asked to grant. least: no more than the product needs. full: all that
 * the documentation of the product this one is modelled on lists. */
export const calendarPermissions = z.enum(['least', 'full']).default('least')
