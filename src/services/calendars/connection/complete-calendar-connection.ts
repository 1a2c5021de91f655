// Connects the calendar that an agent has confirmed: reads it, and saves the grant and what was read. A connection is never
// half made, because nothing is written before the last step, which is one transaction.
import type {
  Agent,
  CalendarAuthorization,
  CalendarConnection,
} from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import type { Transaction } from '../../../database/open.ts'
import { sqlStateOf, UNIQUE_VIOLATION } from '../../../database/sql-state.ts'
import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import type { CalendarApi, Grant } from '../../ports/calendar-provider.ts'
import { joinTurns } from '../../routing/join-turns.ts'
import { readPool } from '../../routing/pool.ts'
import { runTransaction } from '../../transaction.ts'
import { upcoming } from '../../upcoming-meetings.ts'
import { readExternalBusyTime } from '../readings/external-busy-time.ts'
import { saveReading } from '../readings/save-reading.ts'
import { readWindow } from '../readings/window.ts'
import { type AttemptRequest, ConnectionRefused, findAttempt, isOver, openGrant } from './attempt.ts'
import { saveGrant } from './calendar-access.ts'
import { calendarChanged } from './calendar-changed.ts'
import { explainRefusal } from './explain-refusal.ts'
import { lockAgent } from './lock-agent.ts'

export interface Connected {
  agent: Pick<Agent, 'name' | 'email'>
  connection: CalendarConnection
  returnUrl: string | null
}

/** A repeated call for the same attempt answers the same.
 * @throws ConnectionRefused, with nothing changed */
export async function completeCalendarConnection(
  services: Services,
  request: AttemptRequest,
): Promise<Connected> {
  const attempt = await findAttempt(services, request)
  const { returnUrl, confirmedAt } = attempt
  if (confirmedAt !== null) return { ...(await readConnected(services, attempt)), returnUrl }
  const grant = openGrant(services.secrets, attempt)
  const { provider } = request
  try {
    const { api } = services.calendars[provider]
    if (api === null) throw new ConnectionRefused(`${provider} is not set up for this installation.`)
    return { ...(await connect(services, { authorization: attempt, grant, api })), returnUrl }
  } catch (error) {
    await services.database.calendarAuthorization.deleteMany({
      where: { stateHash: attempt.stateHash, confirmedAt: null, revocations: 0 },
    })
    throw await explainRefusal(services, { provider, returnUrl, error })
  }
}

async function readConnected(
  { database }: Pick<Services, 'database'> | { database: Transaction },
  { agentId }: { agentId: string },
): Promise<Pick<Connected, 'agent' | 'connection'>> {
  const found = await database.agent.findUnique({ where: { id: agentId }, include: { calendar: true } })
  if (!found?.calendar) throw isOver()
  return { agent: found, connection: found.calendar }
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
      // The agent's lock makes a repeated call wait.
      const { count } = await tx.calendarAuthorization.updateMany({
        where: { stateHash: authorization.stateHash, confirmedAt: null, revocations: 0 },
        data: { confirmedAt: now, grant: null },
      })
      if (count === 0) return readConnected({ database: tx }, authorization)
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
