// Holds what clients and the emulated Calendar API have said to each other against Google's own description of it.
import { exchangeOf, readContract } from '../contract.ts'
import { isOfRoute, type LoggedRequest } from '../request-log.ts'

const contract = readContract(new URL('../../contracts/google-calendar-v3.openapi.json', import.meta.url), {
  closed: true,
})

/** @returns what the description does not allow, each in a sentence */
export function checkCalendarContract(requests: LoggedRequest[]): string[] {
  const ofApi = requests.filter((request) => isOfRoute('* /calendar/v3/**', request))
  return ofApi.flatMap((request) => {
    const exchange = exchangeOf(request)
    return exchange ? contract.check(exchange) : []
  })
}
