// Online meetings: the join link, and the block in the event's body that contains it. An update of the body without the
// block removes the online meeting or creates another one.
import { randomBytes } from 'node:crypto'
import type { Account, Behaviour, StoredEvent } from './model.ts'
import { badRequest } from './refusals.ts'

const BLOCK = /<div id="meeting-block">[\s\S]*?<\/div>/

/** Personal accounts have no provider. */
export function allowedProviders(account: Account): string[] {
  return account.kind === 'work' ? ['teamsForBusiness'] : []
}

/** @returns the provider, the default one for `unknown` and undefined
 * @throws GraphRefusal when the calendar does not allow it */
export function requireProvider(account: Account, provider: unknown): string {
  const wanted = provider === undefined || provider === 'unknown' ? allowedProviders(account)[0] : provider
  if (typeof wanted === 'string' && allowedProviders(account).includes(wanted)) return wanted
  throw badRequest('ErrorInvalidRequest', 'The online meeting provider is not allowed for this calendar.')
}

export function startOnlineMeeting(
  event: StoredEvent,
  { account, provider, behaviour }: { account: Account; provider: string; behaviour: Behaviour },
): void {
  event.isOnlineMeeting = true
  event.onlineMeetingProvider = provider
  event.joinUrl = createJoinUrl(account)
  event.readsBeforeJoinUrl = behaviour.joinUrlAfterReads
  event.body = withBlock(event.body, event.joinUrl)
}

/** Keeps the online meeting only if a replaced body still has its block. To be called after the body was replaced. */
export function keepOnlineMeeting(
  event: StoredEvent,
  { account, behaviour }: { account: Account; behaviour: Behaviour },
) {
  if (event.joinUrl === null) return
  const block = BLOCK.exec(event.body)?.[0]
  if (block?.includes(event.joinUrl)) return
  if (behaviour.bodyWithoutJoinLink === 'REPLACES_LINK') {
    event.joinUrl = createJoinUrl(account)
    event.body = withBlock(event.body.replace(BLOCK, ''), event.joinUrl)
    return
  }
  event.isOnlineMeeting = false
  event.onlineMeetingProvider = 'unknown'
  event.joinUrl = null
}

function createJoinUrl({ tenantId, userId }: Account): string {
  const thread = encodeURIComponent(`19:meeting_${randomBytes(24).toString('base64url')}@thread.v2`)
  const context = encodeURIComponent(JSON.stringify({ Tid: tenantId, Oid: userId }))
  return `https://teams.microsoft.com/l/meetup-join/${thread}/0?context=${context}`
}

function withBlock(html: string, joinUrl: string): string {
  const block = `<div id="meeting-block"><hr>Microsoft Teams meeting<br><a href="${joinUrl}">Join the meeting now</a></div>`
  const document = html === '' ? '<html><head></head><body></body></html>' : html
  return document.replace(/<\/body>/i, () => `${block}</body>`)
}
