// Which nodes a viewer may read by id. It is decided here only: Pothos then loads the fields of a node by its id alone.
// The other ways to an object decide in the same manner what they lead to.
import { validate } from 'uuid'
import { visibleAgents } from '../services/agents/visible-agents.ts'
import { visibleMeetings } from '../services/booking/meetings/visible-meetings.ts'
import { visibleHolds } from '../services/booking/reservations/visible-holds.ts'
import { visibleConversations, visibleOffers } from '../services/chat/conversation/visible-conversations.ts'
import { visibleDialogues } from '../services/dialogues/editing/filter-dialogues.ts'
import { visibleSessions } from '../services/dialogues/running/visible-sessions.ts'
import { NOTHING, type Viewer } from '../services/identity/viewer.ts'
import { findVisiblePeople } from '../services/people/find-visible-people.ts'
import type { SchemaContext } from './context.ts'
import type { NodeName } from './global-id.ts'

/** What an id leads to: the row, if that has another id than the viewer knows. */
interface Found {
  id: string
  rowId?: string
}

/** @returns what those of the ids lead to that the viewer may read */
type Lookup = (context: SchemaContext, ids: string[]) => Promise<Found[]>

/** The condition for objects that only the workspace's staff may read. */
function ofStaff(viewer: Viewer) {
  return viewer.kind === 'AGENT' ? { workspaceId: viewer.workspaceId } : NOTHING
}

const select = { id: true } as const

const LOOKUPS: Record<NodeName, Lookup> = {
  Agent: ({ database, viewer }, ids) =>
    database.agent.findMany({ select, where: { AND: [visibleAgents(viewer), { id: { in: ids } }] } }),
  Attribute: ({ database, viewer }, ids) =>
    database.attribute.findMany({ select, where: { AND: [ofStaff(viewer), { id: { in: ids } }] } }),
  Calendar: ({ database, viewer }, ids) =>
    database.calendarConnection.findMany({ select, where: { AND: [ofStaff(viewer), { id: { in: ids } }] } }),
  Role: ({ database, viewer }, ids) =>
    database.role.findMany({ select, where: { AND: [ofStaff(viewer), { id: { in: ids } }] } }),
  Team: ({ database, viewer }, ids) =>
    database.team.findMany({ select, where: { AND: [ofStaff(viewer), { id: { in: ids } }] } }),
  Workspace: async ({ viewer }) => (viewer.kind === 'ANONYMOUS' ? [] : [{ id: viewer.workspaceId }]),
  ChatOffer: ({ database, viewer }, ids) =>
    database.chatOffer.findMany({ select, where: { AND: [visibleOffers(viewer), { id: { in: ids } }] } }),
  Conversation: ({ database, viewer }, ids) =>
    database.conversation.findMany({
      select,
      where: { AND: [visibleConversations(viewer), { id: { in: ids } }] },
    }),
  /** Not yet a type of the schema: flows are named by their ids. */
  Dialogue: ({ database, viewer }, ids) =>
    database.dialogue.findMany({ select, where: { AND: [visibleDialogues(viewer), { id: { in: ids } }] } }),
  DialogueSession: ({ database, viewer }, ids) =>
    database.dialogueSession.findMany({
      select,
      where: { AND: [visibleSessions(viewer), { id: { in: ids } }] },
    }),
  Message: ({ database, viewer }, ids) =>
    database.message.findMany({
      select,
      where: { AND: [{ conversation: visibleConversations(viewer) }, { id: { in: ids } }] },
    }),
  Meeting: ({ database, viewer }, ids) =>
    database.meeting.findMany({ select, where: { AND: [visibleMeetings(viewer), { id: { in: ids } }] } }),
  Person: findVisiblePeople,
  PushSubscription: ({ database, viewer }, ids) =>
    database.pushSubscription.findMany({
      select,
      where: { AND: [viewer.kind === 'AGENT' ? { agentId: viewer.agentId } : NOTHING, { id: { in: ids } }] },
    }),
  SlotHold: (context, ids) =>
    context.database.reservation.findMany({
      select,
      where: { AND: [visibleHolds(context), { id: { in: ids } }] },
    }),
}

interface NodeId {
  typename: string
  id: string
}

/** @returns the id of the row of each node; null for one that does not exist or that the viewer may not read. It takes one
 * statement for each type */
export async function findVisibleNodes(context: SchemaContext, nodes: NodeId[]): Promise<(NodeId | null)[]> {
  const idsByType = new Map<NodeName, string[]>()
  for (const { typename, id } of nodes) {
    if (!isNodeName(typename) || !validate(id)) continue
    idsByType.set(typename, [...(idsByType.get(typename) ?? []), id])
  }
  const rowIds = new Map<string, string>()
  await Promise.all(
    [...idsByType].map(async ([typename, ids]) => {
      for (const { id, rowId = id } of await LOOKUPS[typename](context, ids)) {
        rowIds.set(`${typename}:${id}`, rowId)
      }
    }),
  )
  return nodes.map(({ typename, id }) => {
    const rowId = rowIds.get(`${typename}:${id}`)
    return rowId === undefined ? null : { typename, id: rowId }
  })
}

function isNodeName(typename: string): typename is NodeName {
  return Object.hasOwn(LOOKUPS, typename)
}
