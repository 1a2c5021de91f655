// Maps Microsoft's names of time zones to IANA's. Mailboxes mostly have Windows' names, sometimes IANA's, and sometimes
// names that are defined in that mailbox only.
import { findIana } from 'windows-iana'
import { isTimeZone } from '../../zone-offsets.ts'

/** Names of mailboxes that are missing from the Unicode tables, which windows-iana uses. */
const ALIASES: Readonly<Record<string, string>> = {
  'Armenian Standard Time': 'Asia/Yerevan',
  'Coordinated Universal Time': 'UTC',
  'Kamchatka Standard Time': 'Asia/Kamchatka',
  'Mexico Standard Time': 'America/Mexico_City',
  'Mexico Standard Time 2': 'America/Chihuahua',
  'Mid-Atlantic Standard Time': 'Etc/GMT+2',
  'tzone://Microsoft/Utc': 'UTC',
  UTC: 'UTC',
}

/** @returns the zone's IANA name; null for a name that is defined in the mailbox only, such as "Customized Time Zone" */
export function ianaZoneOf(name: string): string | null {
  // Known names skip the check by the runtime, which costs more than the rest of reading an event.
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name] ?? null
  const known = findIana(name)[0] ?? name
  return isTimeZone(known) ? known : null
}
