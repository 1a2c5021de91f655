import { describe, expect, it } from 'vitest'
import { type Exchange, readContract } from '../../emulators/contract.ts'

const FILE = new URL('../../contracts/google-calendar-v3.openapi.json', import.meta.url)
const contract = readContract(FILE, { closed: true })
const EVENTS = '/calendar/v3/calendars/primary/events'

function complaintsOf(exchange: Partial<Exchange> & { search?: string }) {
  const { search = '', ...rest } = exchange
  const whole = { method: 'GET', path: EVENTS, query: new URLSearchParams(search), status: 200, ...rest }
  return contract.check({ responseBody: { items: [] }, ...whole })
}

describe('a vendor’s description', () => {
  it('accepts an exchange that conforms to it', () => {
    const search = 'maxResults=10&singleEvents=true&eventTypes=default&eventTypes=focusTime'
    expect(complaintsOf({ search })).toEqual([])
  })

  it('refuses unknown paths and methods', () => {
    expect(complaintsOf({ path: '/calendar/v3/nothing' })).toEqual([
      'GET /calendar/v3/nothing is not described.',
    ])
    expect(complaintsOf({ method: 'PATCH' })).toEqual([`PATCH ${EVENTS} is not described.`])
  })

  it.each([
    ['maxResults=ten', "the query's maxResults at /value must be integer"],
    ['singleEvents=yes', "the query's singleEvents at /value must be boolean"],
    ['eventTypes=party', "the query's eventTypes at /value/0 must be equal to one of the allowed values"],
    ['order=startTime', 'order is not described for the query'],
  ])('refuses the query %s', (search, complaint) => {
    expect(complaintsOf({ search })).toEqual([`GET ${EVENTS}: ${complaint}.`])
  })

  it('covers the bodies of requests and answers, except for error answers', () => {
    const requestBody = { attendees: 'all', colour: 'red' }
    const complaints = [
      'the body sent must NOT have additional properties (colour)',
      'the body sent at /attendees must be array',
    ]
    const responseBody = { created: 'yesterday' }
    expect(complaintsOf({ method: 'POST', requestBody, responseBody }).sort()).toEqual(
      ['the answer at /created must match format "date-time"', ...complaints]
        .map((complaint) => `POST ${EVENTS}: ${complaint}.`)
        .sort(),
    )
    expect(complaintsOf({ status: 404, responseBody: { error: {} } })).toEqual([])
  })

  it('accepts null in a patch, which removes a field', () => {
    const path = `${EVENTS}/a1b2c`
    const patch = { method: 'PATCH', path, responseBody: { id: 'a1b2c' } }
    expect(complaintsOf({ ...patch, requestBody: { description: null, start: { date: null } } })).toEqual([])
    expect(complaintsOf({ ...patch, requestBody: { description: 1 } })).toHaveLength(1)
  })
})
