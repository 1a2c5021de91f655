import { z } from 'zod'
import type { CalendarApi, CalendarConnector, ProviderFacts } from '../../ports/calendar-provider.ts'

/** A provider at which this installation is registered. */
export interface RegisteredProvider {
  api: CalendarApi
  connector: CalendarConnector
}

/** What the folder of a provider exports: all that the rest of the program needs to know of it. */
export interface CalendarDefinition extends ProviderFacts {
  slug: string
  /** Reads the provider's variables of the environment; null: this installation is not registered there. */
  registration: z.ZodType<RegisteredProvider | null>
}

/** A variable with the address of a provider, for where another one takes its place. */
export const webAddress = (byDefault: string) => z.url({ protocol: /^https?$/ }).default(byDefault)

/** How much is asked of agents. least: the least that works. full: what the documentation of the product this one is
 * modelled on lists. */
export const calendarPermissions = z.enum(['least', 'full']).default('least')
