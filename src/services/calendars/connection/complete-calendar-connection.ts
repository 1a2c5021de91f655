// Connects the calendar of an agent who comes back from the provider: obtains the grant, reads the calendar, and saves
// both. A connection is never half made, because nothing is written before the last step, which is one transaction.
import type {
  Agent,
  CalendarAuthorization,
  CalendarConnection,
  CalendarProvider,
} from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import type { Transaction } from '../../../database/open.ts'
import { sqlStateOf, UNIQUE_VIOLATION } from '../../../database/sql-state.ts'
import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { hashToken } from '../../identity/signer.ts'
import type { CalendarApi, Grant } from '../../ports/calendar-provider.ts'
import { joinTurns } from '../../routing/join-turns.ts'
import { readPool } from '../../routing/pool.ts'
import { runTransaction } from '../../transaction.ts'
import { upcoming } from '../../upcoming-meetings.ts'
import { explainToAgent, reportIfMisconfigured } from '../fault-policy.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { callbackUrlOf } from '../provider/server-addresses.ts'
import { readExternalBusyTime } from '../readings/external-busy-time.ts'
import { saveReading } from '../readings/save-reading.ts'
import { readWindow } from '../readings/window.ts'
import { saveGrant } from './calendar-access.ts'
import { calendarChanged } from './calendar-changed.ts'
import { lockAgent } from './lock-agent.ts'

/** The request with which the agent comes back. */
interface Callback {
  /** Whose callback was called. */
  provider: CalendarProvider
  parameters: URLSearchParams
}

/** The calendar is not connected. The message is a sentence for the agent. */
export class ConnectionRefused extends Error {
  override name = 'ConnectionRefused'
  /** Where the agent came from; null: unknown. */
  readonly returnUrl: string | null
  constructor(message: string, returnUrl: string | null = null) {
    super(message)
    this.returnUrl = returnUrl
  }
}

export interface Connected {
  agent: Pick<Agent, 'name' | 'email'>
  connection: CalendarConnection
  returnUrl: string | null
}

/** @throws ConnectionRefused, with nothing changed */
export async function completeCalendarConnection(
  services: Services,
  { provider, parameters }: Callback,
): Promise<Connected> {
  const authorization = await takeAuthorization(services, { provider, parameters })
  const { returnUrl } = authorization
  try {
    const { api, connector, slug } = services.calendars[provider]
    if (api === null || connector === null || slug === null) {
      throw new ConnectionRefused(`${provider} is not set up for this installation.`)
    }
    const verifier = services.secrets.open(authorization.verifier, authorization.agentId)
    const callbackUrl = callbackUrlOf(services.settings, slug)
    const grant = await connector.complete({ parameters, verifier, callbackUrl })
    return { ...(await connect(services, { authorization, grant, api })), returnUrl }
  } catch (error) {
    if (error instanceof ConnectionRefused) throw new ConnectionRefused(error.message, returnUrl)
    if (!(error instanceof CalendarFault)) throw error
    await reportIfMisconfigured(services, { provider, fault: error })
    throw new ConnectionRefused(explainToAgent(error), returnUrl)
  }
}

/** A `state` can be used once, whatever the outcome. */
async function takeAuthorization(
  { database, clock }: Services,
  { provider, parameters }: Callback,
): Promise<CalendarAuthorization> {
  const stateHash = new Uint8Array(hashToken(parameters.get('state') ?? ''))
  const [found] = await database.$queryRaw<CalendarAuthorization[]>`
    DELETE FROM "CalendarAuthorization" WHERE "stateHash" = ${stateHash} RETURNING *`
  if (found === undefined || found.provider !== provider || found.expiresAt <= clock.now()) {
    throw new ConnectionRefused(
      'This attempt has expired, was already used, or did not start here. Please start again.',
    )
  }
  return found
}

interface NewConnection {
  authorization: CalendarAuthorization
  grant: Grant
}

async function connect(
  services: Services,
  { authorization, grant, api }: NewConnection & { api: CalendarApi },
): Promise<Pick<Connected, 'agent' | 'connection'>> {
  const reading = await readFirst(services, { authorization, grant, api })
  try {
    return await runTransaction(services, async (tx) => {
      const { workspaceId, agentId } = authorization
      await readPool(tx, { workspaceId, kind: 'MEETING', target: { roundRobin: true }, lock: true })
      const agent = await lockAgent(tx, { workspaceId, agentId })
      const now = services.clock.now()
      const present = await tx.calendarConnection.findUnique({ where: { agentId } })
      requireFree(present, { authorization, grant })
      await requireNoColleagues(tx, { authorization, grant })
      const data = connectionOf({ authorization, grant }, now)
      const connection = await tx.calendarConnection.upsert({
        where: { agentId },
        create: { workspaceId, agentId, ...data },
        update: data,
      })
      noteLocks(tx, 'connection', [connection.id])
      await saveGrant(tx, { secrets: services.secrets, connection, grant, now })
      // The worker reads it again at once, and then opens a channel for webhooks.
      await saveReading(tx, { connection, ...reading, nextAt: now })
      const joins = await joinTurns(tx, { workspaceId, agentId, kind: 'MEETING' })
      const isOther = present?.provider !== data.provider || present.subject !== data.subject
      await rewriteEntries(tx, { agentId, isOther, now })
      await appendEvents(tx, { workspaceId, at: now, events: calendarChanged(agentId, { joins }) })
      return { agent, connection }
    })
  } catch (error) {
    if (error instanceof NotFoundError) throw new ConnectionRefused('The agent no longer exists.')
    if (sqlStateOf(error) !== UNIQUE_VIOLATION) throw error
    throw new ConnectionRefused('This account is already connected to another agent.')
  }
}

/** Reads the calendar before it is connected: this shows whether it can be read, and makes it bookable at once. */
async function readFirst(
  { database, clock }: Services,
  { authorization: { agentId }, grant, api }: NewConnection & { api: CalendarApi },
) {
  const readAt = clock.now()
  const window = await readWindow(database, { agentId, now: readAt })
  const access = { connectionId: agentId, timeZone: 'UTC', token: async () => grant.accessToken }
  const reading = await api.read(access, window)
  const busy = await readExternalBusyTime(database, { agentId, reading })
  return { busy, timeZone: reading.timeZone, window, readAt }
}

function requireFree(present: CalendarConnection | null, { authorization, grant }: NewConnection): void {
  if (present === null || present.state === 'DISCONNECTED') return
  if (present.provider !== authorization.provider) {
    throw new ConnectionRefused('Another calendar is connected. Disconnect it first.')
  }
  if (present.subject !== grant.account.subject) {
    const message = `The calendar of another account, ${present.accountEmail}, is connected. Disconnect it first.`
    throw new ConnectionRefused(message)
  }
}

/** An agent who sends the address of the provider's page to a colleague must not get the colleague's calendar. */
async function requireNoColleagues(
  tx: Transaction,
  { authorization: { workspaceId, agentId }, grant }: NewConnection,
): Promise<void> {
  const { email } = grant.account
  const colleague = await tx.agent.findFirst({
    where: { workspaceId, email, removedAt: null, id: { not: agentId } },
  })
  if (colleague === null) return
  throw new ConnectionRefused(`${email} is the account of another agent, ${colleague.name}.`)
}

function connectionOf({ authorization, grant }: NewConnection, now: Date) {
  return {
    provider: authorization.provider,
    accountEmail: grant.account.email,
    subject: grant.account.subject,
    state: 'CONNECTED' as const,
    stateReason: null,
    stateReasonCode: null,
    scopes: grant.scopes,
    connectedAt: now,
    failures: 0,
    backoffUntil: null,
    invitationsPausedUntil: null,
  }
}

/** Makes waiting entries due now. The calendar of another account has none of our events yet. */
async function rewriteEntries(
  tx: Transaction,
  { agentId, isOther, now }: { agentId: string; isOther: boolean; now: Date },
): Promise<void> {
  if (isOther) {
    await tx.calendarEntry.updateMany({
      where: { agentId, meeting: { agentId, ...upcoming(now) } },
      data: { eventId: null, iCalUid: null, version: null, revision: null, failures: 0, dueAt: now },
    })
  }
  await tx.calendarEntry.updateMany({
    where: { agentId, dueAt: { not: null } },
    data: { dueAt: now, firstFailedAt: null },
  })
}
