// The built-in tokens of an invitation, and the values of all tokens for one meeting.
import type { Agent, Person } from '../../database/generated/client/client.ts'
import { personName } from '../people/person-name.ts'
import { properZoneName } from '../zone-names.ts'
import { describeMeetingTime } from './meeting-time.ts'
import type { Family, TokenValues } from './tokens.ts'

/** The facts from which tokens take their values. */
export interface InvitationFacts {
  agent: Pick<Agent, 'name' | 'email'>
  person: Omit<Person, 'id' | 'workspaceId' | 'claimantId' | 'createdAt' | 'erasedAt' | 'sortName'>
  meeting: {
    startsAt: Date
    endsAt: Date
    /** IANA name of the reader's zone. */
    timeZone: string
    /** May be empty. */
    agenda: string
    joinLink: string | null
  }
}

const MINUTE_MS = 60_000

/** The tokens that every workspace has, with their labels. `lead` and `company` also have the attributes of people. */
export const BUILT_IN_TOKENS: Record<Family, Record<string, string>> = {
  lead: {
    firstName: "The person's first name",
    lastName: "The person's last name",
    name: "The person's name, or the e-mail where there is none",
    email: "The person's e-mail",
    phone: "The person's phone number",
    jobTitle: "The person's job title",
    crmStatus: "The person's status in the CRM, for example Customer",
  },
  company: {
    name: "The name of the person's company",
    domain: "The domain of the person's company",
  },
  agent: {
    name: "The agent's name",
    email: "The agent's e-mail",
  },
  meeting: {
    date: "The date of the meeting, in the reader's time zone",
    time: 'The start and the end of the meeting, with the time zone',
    start: "The start of the meeting, in the reader's time zone",
    end: "The end of the meeting, in the reader's time zone",
    timeZone: "The reader's time zone",
    duration: 'The length of the meeting',
    agenda: "The visitor's agenda",
    joinLink: 'The address of the video conference',
  },
}

/** @throws RangeError for an unknown zone */
export function tokenValues({ agent, person, meeting }: InvitationFacts): TokenValues {
  const { firstName, lastName, email, phone, jobTitle, crmStatus } = person
  const { timeZone, agenda, joinLink } = meeting
  return {
    lead: {
      ...attributesOf(person.attributes),
      firstName,
      lastName,
      name: personName(person),
      email,
      phone,
      jobTitle,
      crmStatus,
    },
    company: {
      ...attributesOf(person.companyAttributes),
      name: person.companyName,
      domain: person.companyDomain,
    },
    agent: { name: agent.name, email: agent.email },
    meeting: {
      ...describeMeetingTime(meeting),
      timeZone: properZoneName(timeZone),
      duration: durationOf(meeting),
      agenda,
      joinLink,
    },
  }
}

function attributesOf(attributes: Person['attributes']): Record<string, unknown> {
  return typeof attributes === 'object' && attributes !== null ? { ...attributes } : {}
}

function durationOf({ startsAt, endsAt }: InvitationFacts['meeting']): string {
  const minutes = Math.round((endsAt.getTime() - startsAt.getTime()) / MINUTE_MS)
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}

/** A fictitious meeting for examples and previews. */
export const SAMPLE: InvitationFacts = {
  agent: { name: 'Ada Lovelace', email: 'ada@example.com' },
  person: {
    email: 'grace@example.com',
    firstName: 'Grace',
    lastName: 'Hopper',
    jobTitle: 'Head of Purchasing',
    phone: '+1 555 0100',
    companyName: 'Analytical Engines Ltd',
    companyDomain: 'engines.example',
    companyAttributes: {},
    attributes: {},
    crmStatus: 'Customer',
  },
  meeting: {
    startsAt: new Date('2026-12-08T13:00:00Z'),
    endsAt: new Date('2026-12-08T13:30:00Z'),
    timeZone: 'Europe/Berlin',
    agenda: 'What does it cost for a team of twenty?',
    joinLink: 'https://meet.example.com/abc-defg-hij',
  },
}
