// Validates the requests to the emulated Calendar API and its answers against Google's description.
import { exchangeOf, readContract } from '../contract.ts'
import { isOfRoute, type LoggedRequest } from '../request-log.ts'

const contract = readContract(new URL('../../contracts/google-calendar-v3.openapi.json', import.meta.url), {
  closed: true,
})

/** @returns each violation of the description as a sentence */
export function checkCalendarContract(requests: LoggedRequest[]): string[] {
  const ofApi = requests.filter((request) => isOfRoute('* /calendar/v3/**', request))
  return ofApi.flatMap((request) => {
    const exchange = exchangeOf(request)
    return exchange ? contract.check(exchange) : []
  })
}
