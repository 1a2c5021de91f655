// What Microsoft calls the zones of mailboxes: mostly by Windows' names, at times by IANA's, at times by names that mean
// something in that mailbox only.
import { findIana } from 'windows-iana'
import { isTimeZone } from '../../zone-offsets.ts'

/** Names that mailboxes have and the Unicode tables, which windows-iana goes by, have not. */
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

/** @returns the zone's IANA name; null for what nobody but its mailbox knows, such as "Customized Time Zone" */
export function ianaZoneOf(name: string): string | null {
  // Without a look at what the server knows: it costs more than all else about an event, and times come in UTC.
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name] ?? null
  const known = findIana(name)[0] ?? name
  return isTimeZone(known) ? known : null
}
