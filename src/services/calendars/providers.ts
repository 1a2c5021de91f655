// The list of calendar providers. A new provider needs a folder beside google/, a value of the enum CalendarProvider in
// prisma/schema.prisma, and an entry here. Without the entry the program does not compile.
import type { CalendarProvider as ProviderName } from '../../database/generated/client/enums.ts'
import type { CalendarProvider, CalendarProviders, ProviderFacts } from '../ports/calendar-provider.ts'
import { builtIn } from './built-in/index.ts'
import { google } from './google/index.ts'
import { microsoft } from './microsoft/index.ts'
import type { CalendarDefinition, RegisteredProvider } from './provider/definition.ts'

type OutsideName = Exclude<ProviderName, 'BUILT_IN'>

const OUTSIDE: Readonly<Record<OutsideName, CalendarDefinition>> = { GOOGLE: google, MICROSOFT: microsoft }

export const CALENDAR_PROVIDERS: Readonly<Record<ProviderName, ProviderFacts>> = {
  ...OUTSIDE,
  BUILT_IN: builtIn,
}

/** The providers that this installation is registered with. */
export type CalendarRegistrations = Partial<Record<OutsideName, RegisteredProvider | null>>

/** Schemas that read the registrations from the environment. */
export const CALENDAR_REGISTRATIONS = mapOutside(({ registration }) => registration)

/** @param registrations left out: none */
export function createCalendarProviders(registrations: CalendarRegistrations = {}): CalendarProviders {
  const outside = mapOutside(
    (definition, name): CalendarProvider => ({
      ...definition,
      ...(registrations[name] ?? { api: null, connector: null }),
    }),
  )
  return { ...outside, BUILT_IN: builtIn }
}

function mapOutside<Value>(
  toValue: (definition: CalendarDefinition, name: OutsideName) => Value,
): Record<OutsideName, Value> {
  const names = Object.keys(OUTSIDE) as OutsideName[]
  return Object.fromEntries(names.map((name) => [name, toValue(OUTSIDE[name], name)])) as Record<
    OutsideName,
    Value
  >
}
