// Who came to the demo's website in the days before, and what for.

/** A visitor of the website. Each requests at most one chat.
 * @see seedActivity */
export interface Guest {
  person: {
    email: string
    firstName: string
    lastName: string
    jobTitle: string
    company: { name: string; domain: string }
  }
  pageUrl: string
}

export interface SeededMeeting {
  /** First name of a guest. */
  guest: string
  /** Name of an agent. */
  agent: string
  /** Negative: in the past. */
  daysFromNow: number
  timeZone: string
  /** Differs from those of the guest's other meetings. */
  agenda: string
  outcome?: 'HELD' | 'NO_SHOW'
  cancelledBecause?: string
}

export interface SeededChat {
  guest: string
  /** null: no agent was there. */
  agent: string | null
  daysFromNow: number
  /** The guest begins; the two take turns. */
  lines: string[]
  score: number | null
}

const guest = (firstName: string, lastName: string, work: { company: string; jobTitle: string }): Guest => {
  const domain = `${work.company.toLowerCase()}.example`
  return {
    person: {
      email: `${firstName}.${lastName}@${domain}`.toLowerCase(),
      firstName,
      lastName,
      jobTitle: work.jobTitle,
      company: { name: work.company, domain },
    },
    pageUrl: 'https://www.acme.example/pricing',
  }
}

export const GUESTS: Guest[] = [
  guest('Amelia', 'Brooks', { company: 'Northwind', jobTitle: 'Head of Operations' }),
  guest('Jonas', 'Weber', { company: 'Fabrikam', jobTitle: 'IT Manager' }),
  guest('Yuki', 'Tanaka', { company: 'Contoso', jobTitle: 'Procurement' }),
  guest('Tariq', 'Haddad', { company: 'Globex', jobTitle: 'Founder' }),
  guest('Camila', 'Rojas', { company: 'Initech', jobTitle: 'Engineer' }),
]

export const MEETINGS: SeededMeeting[] = [
  {
    guest: 'Amelia',
    agent: 'Lena Fischer',
    daysFromNow: -5,
    timeZone: 'Europe/London',
    agenda: 'We have forty sites. What would a trial look like?',
    outcome: 'HELD',
  },
  {
    guest: 'Jonas',
    agent: 'Marcus Reed',
    daysFromNow: -3,
    timeZone: 'Europe/Berlin',
    agenda: 'Single sign-on.',
    outcome: 'NO_SHOW',
  },
  {
    guest: 'Yuki',
    agent: 'Priya Nair',
    daysFromNow: -1,
    timeZone: 'Asia/Tokyo',
    agenda: 'Terms for a yearly contract.',
  },
  {
    guest: 'Jonas',
    agent: 'Lena Fischer',
    daysFromNow: 2,
    timeZone: 'Europe/Berlin',
    agenda: 'Single sign-on, second attempt.',
  },
  {
    guest: 'Camila',
    agent: 'Beatriz Souza',
    daysFromNow: 3,
    timeZone: 'America/Santiago',
    agenda: 'A look at the API.',
  },
  {
    guest: 'Tariq',
    agent: 'Jack Wilson',
    daysFromNow: 4,
    timeZone: 'Asia/Beirut',
    agenda: 'Prices for a start-up.',
    cancelledBecause: 'We are still too small.',
  },
  {
    guest: 'Amelia',
    agent: 'Lena Fischer',
    daysFromNow: 6,
    timeZone: 'Europe/London',
    agenda: 'Results of the trial.',
  },
]

export const CHATS: SeededChat[] = [
  {
    guest: 'Tariq',
    agent: 'Marcus Reed',
    daysFromNow: -2,
    lines: [
      'Is there a plan for teams of three?',
      'There is: the starter plan has five seats. Shall I send you the details?',
      'Yes please, to this address.',
      'Done. Have a nice day!',
    ],
    score: 3,
  },
  {
    guest: 'Camila',
    agent: 'Beatriz Souza',
    daysFromNow: -1,
    lines: ['Do you have an API?', 'We do, GraphQL with live subscriptions. What would you like to build?'],
    score: 2,
  },
  {
    guest: 'Yuki',
    agent: null,
    daysFromNow: -0.5,
    lines: ['Can somebody send me an invoice again?'],
    score: null,
  },
]
