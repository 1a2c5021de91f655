// Creates accounts and their mailboxes.
import { randomBytes, randomUUID } from 'node:crypto'
import type { Account, AccountKind, Calendar, World } from './model.ts'
import { findZone } from './zones.ts'

export interface NewAccount {
  email: string
  kind?: AccountKind
  /** The zone of the mailbox: a Windows name such as "W. Europe Standard Time", or an unknown name such as "Customized
   * Time Zone". UTC when omitted. */
  timeZone?: string
  /** The IANA name of the zone, when `timeZone` is an unknown name. */
  zone?: string
  name?: string
  /** False for an account without a licence, or whose mailbox is on premises. */
  mailbox?: boolean
}

/** The tenant of all personal accounts. */
const PERSONAL_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad'

export function addAccount(world: World, options: NewAccount): Account {
  const {
    email,
    kind = 'work',
    timeZone = 'UTC',
    name = email.split('@')[0] ?? email,
    mailbox = true,
  } = options
  const isPersonal = kind === 'personal'
  const account: Account = {
    email: email.toLowerCase(),
    name,
    kind,
    userId: isPersonal ? randomUUID().replace(/^[^-]+-[^-]+-[^-]+/, '00000000-0000-0000') : randomUUID(),
    tenantId: isPersonal ? PERSONAL_TENANT : tenantOf(world, email),
    timeZone,
    zone: options.zone ?? findZone(timeZone) ?? 'UTC',
    hasMailbox: mailbox,
    calendars: [createCalendar('Calendar', true)],
    events: [],
    removed: [],
    version: 0,
    refusal: undefined,
  }
  world.accounts.set(account.email, account)
  return account
}

export function createCalendar(name: string, isDefault = false): Calendar {
  return { id: `AAkALgAA${randomBytes(24).toString('hex')}AAA=`, name, isDefault }
}

/** Work accounts of one domain share a tenant. */
function tenantOf(world: World, email: string): string {
  const domain = email.toLowerCase().split('@')[1]
  const colleague = [...world.accounts.values()].find(
    (one) => one.kind === 'work' && one.email.split('@')[1] === domain,
  )
  return colleague?.tenantId ?? randomUUID()
}
