// Reads what the workspace has of what drafts name by id.
import type { Database, Transaction } from '../../../database/open.ts'
import type { Draft } from '../definition/draft.ts'
import type { Surroundings } from '../definition/problems.ts'
import { flowIdsOf, routingsOf } from '../definition/uses.ts'

/** What versions keep of an attribute. */
const DEFINITION = { id: true, entity: true, name: true, type: true, values: true } as const

export interface ReadSurroundings extends Omit<Surroundings, 'flows'> {
  /** Without deleted ones; published or not. */
  flowIds: ReadonlySet<string>
  /** With those who were removed. */
  everyAgentId: ReadonlySet<string>
}

/** @param drafts any number: the statements are the same few
 * @returns without what belongs to another workspace */
export async function readSurroundings(
  database: Database | Transaction,
  { workspaceId, drafts }: { workspaceId: string; drafts: Pick<Draft, 'cards'>[] },
): Promise<ReadSurroundings> {
  const cards = drafts.flatMap((draft) => draft.cards)
  const routings = routingsOf(cards)
  const agentIds = routings.flatMap((routing) => ('agentId' in routing ? [routing.agentId] : []))
  const teamIds = routings.flatMap((routing) => ('teamId' in routing ? [routing.teamId] : []))
  const { phoneCountry, attributes } = await database.workspace.findUniqueOrThrow({
    where: { id: workspaceId },
    select: { phoneCountry: true, attributes: { select: DEFINITION } },
  })
  const agents = await database.agent.findMany({
    where: { workspaceId, id: { in: agentIds } },
    select: { id: true, removedAt: true },
  })
  const teams = await database.team.findMany({
    where: { workspaceId, id: { in: teamIds } },
    select: { id: true },
  })
  const flows = await database.dialogue.findMany({
    where: { workspaceId, id: { in: flowIdsOf(cards) }, kind: 'FLOW', deletedAt: null },
    select: { id: true },
  })
  return {
    attributes: new Map(attributes.map((attribute) => [attribute.id, attribute])),
    phoneCountry,
    agentIds: new Set(agents.flatMap(({ id, removedAt }) => (removedAt === null ? [id] : []))),
    everyAgentId: new Set(agents.map(({ id }) => id)),
    teamIds: new Set(teams.map(({ id }) => id)),
    flowIds: new Set(flows.map(({ id }) => id)),
  }
}
