// The retention of events. A client that was disconnected for longer must notice a gap: a stream loses its oldest events
// only, never one from the middle.
import { describe, expect, it } from 'vitest'
import { announceLoads } from '../../src/services/chat/availability/announce-load.ts'
import { agentStream, appendEvents, workspaceStream } from '../../src/services/events/append-events.ts'
import { newEvent } from '../../src/services/events/new-events.ts'
import { createReader } from '../../src/services/events/stored-events.ts'
import { tidy } from '../../src/services/tidy.ts'
import { runTransaction } from '../../src/services/transaction.ts'
import { createTestAgent, createTestWorkspace, type TestWorkspace } from '../kit/actors.ts'
import { START } from '../kit/app.ts'
import { signIn } from '../kit/chat.ts'
import { DAY } from '../kit/clock.ts'
import { mutate } from '../kit/mutate.ts'
import { useScene } from '../kit/scene.ts'

const KEPT = 7 * DAY

const { app, acme } = useScene({})

/** Appends an event to the streams of the workspace and of its administrator.
 * @param age how long ago, in milliseconds */
async function append(age: number, workspace: TestWorkspace = acme): Promise<void> {
  const { workspaceId, admin } = workspace
  const at = new Date(new Date(START).getTime() - age)
  const { agentId } = admin
  await runTransaction(app.app.services, (tx) =>
    appendEvents(tx, {
      workspaceId,
      at,
      events: [newEvent.calendarChanged({ agentId })],
    }),
  )
}

async function kept(streamId: string): Promise<number[]> {
  const events = await createReader(app.app.services.database).readAfter(new Map([[streamId, 0]]), 100)
  return events.get(streamId)?.map(({ seq }) => seq) ?? []
}

describe('tidy', () => {
  it('deletes events that are 7 days old from every stream', async () => {
    const other = await createTestWorkspace(app, { name: 'Other' })
    for (const age of [KEPT + DAY, KEPT, KEPT - 1, 0]) await append(age)
    await append(KEPT, other)
    await tidy(app.app.services)
    expect(await kept(workspaceStream(acme.workspaceId))).toEqual([3, 4])
    expect(await kept(agentStream(acme.admin.agentId))).toEqual([3, 4])
    expect(await kept(workspaceStream(other.workspaceId))).toEqual([])
  })

  it('leaves no gap where a newer event precedes an older one, because the clocks of nodes differ', async () => {
    for (const age of [KEPT + DAY, KEPT - 1, KEPT + 1, 0]) await append(age)
    await tidy(app.app.services)
    expect(await kept(workspaceStream(acme.workspaceId))).toEqual([2, 3, 4])
  })

  it('continues the numbers of a stream that has lost all its events', async () => {
    await append(KEPT)
    await append(KEPT)
    await tidy(app.app.services)
    await append(0)
    expect(await kept(workspaceStream(acme.workspaceId))).toEqual([3])
  })
})

it('tidy deletes what was published of the load of agents who are removed since', async () => {
  const { database } = app.app.services
  const [ada, beth] = [await createTestAgent(app, acme), await createTestAgent(app, acme, 'Beth Moore')]
  for (const agent of [ada, beth]) await signIn(app, acme, agent)
  await announceLoads(app.app.services)
  const input = { agentId: beth.id }
  await mutate(app, { mutation: 'removeAgent', input, token: acme.admin.token, select: '' })
  await tidy(app.app.services)
  const where = { agentId: { in: [ada.agentId, beth.agentId] } }
  const rows = await database.announcedLoad.findMany({ where, select: { agentId: true } })
  expect(rows).toEqual([{ agentId: ada.agentId }])
})
