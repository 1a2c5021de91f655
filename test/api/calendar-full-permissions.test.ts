// The permissions of a calendar in an installation that asks for all that a provider lets it ask for.
import { expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import { createConnectedAgent, PROVIDERS, type Provider } from '../kit/calendars.ts'

const { app } = useCalendarScene({}, { permissions: 'full' })

const GRANTED: Record<Provider, string[]> = {
  GOOGLE: [
    'access_type=offline',
    'https://www.googleapis.com/auth/calendar',
    'https://www.googleapis.com/auth/userinfo.email',
    'https://www.googleapis.com/auth/userinfo.profile',
    'openid',
  ],
  MICROSOFT: [
    'Calendars.ReadWrite',
    'MailboxSettings.Read',
    'User.Read',
    'email',
    'offline_access',
    'openid',
    'profile',
  ],
}

const WORDS: Record<Provider, RegExp[]> = {
  GOOGLE: [/permanently delete/, /share/, /language/, /picture/],
  MICROSOFT: [/delete/, /language/, /picture/],
}

const QUERY =
  'query ($id: ID!) { node(id: $id) { ... on Agent { calendar { grantedPermissions { scope description } } } } }'

interface Found {
  node: { calendar: { grantedPermissions: { scope: string; description: string }[] } }
}

it.each(PROVIDERS)(
  'names all that an agent grants with CALENDAR_PERMISSIONS=full at %s',
  async (provider) => {
    const { agent } = await createConnectedAgent(app, provider)
    const { node } = await data<Found>(
      app.execute(QUERY, { variables: { id: agent.id }, token: agent.token }),
    )
    const granted = node.calendar.grantedPermissions
    expect(granted.map(({ scope }) => scope).sort()).toEqual(GRANTED[provider])
    const described = granted.map(({ description }) => description)
    expect(described).not.toContain('Not used.')
    for (const word of WORDS[provider]) expect(described.join(' ')).toMatch(word)
  },
)
