// Accounts with their mailboxes.
import { randomBytes, randomUUID } from 'node:crypto'
import type { Account, AccountKind, Calendar, World } from './model.ts'
import { findZone } from './zones.ts'

export interface NewAccount {
  email: string
  kind?: AccountKind
  /** Of the mailbox: a Windows name such as "W. Europe Standard Time", or one that nobody knows, such as "Customized
   * Time Zone". UTC without. */
  timeZone?: string
  /** IANA name of what `timeZone` means, when its name does not tell. */
  zone?: string
  name?: string
  /** False for an account without a licence, or with its mailbox on premises. */
  mailbox?: boolean
}

/** All personal accounts are in this one. */
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

/** Those of one domain are one organisation. */
function tenantOf(world: World, email: string): string {
  const domain = email.toLowerCase().split('@')[1]
  const colleague = [...world.accounts.values()].find(
    (one) => one.kind === 'work' && one.email.split('@')[1] === domain,
  )
  return colleague?.tenantId ?? randomUUID()
}
