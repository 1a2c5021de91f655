// Dialogues as files.
import type { Dialogue } from '../../../database/generated/client/client.ts'
import type { Database } from '../../../database/open.ts'
import { draftFrom } from '../definition/stored.ts'
import { flowIdsOf, routingsOf } from '../definition/uses.ts'
import { type NamedKind, toFile } from './portable.ts'

/** @param dialogues any number of one workspace: the statements are the same few
 * @returns the files by the ids of the dialogues */
export async function exportDialogues(
  database: Database,
  { workspaceId, dialogues }: { workspaceId: string; dialogues: Dialogue[] },
): Promise<Map<string, Record<string, unknown>>> {
  const cards = dialogues.flatMap((dialogue) => draftFrom(dialogue).cards)
  const names = await readNames(database, {
    workspaceId,
    agentIds: routingsOf(cards).flatMap((routing) => ('agentId' in routing ? [routing.agentId] : [])),
    teamIds: routingsOf(cards).flatMap((routing) => ('teamId' in routing ? [routing.teamId] : [])),
    flowIds: flowIdsOf(cards),
  })
  const nameOf = (kind: NamedKind, id: string) => names[kind].get(id) ?? null
  return new Map(
    dialogues.map((dialogue) => {
      const { name, description, kind, priority } = dialogue
      return [dialogue.id, toFile({ name, description, kind, priority, draft: draftFrom(dialogue) }, nameOf)]
    }),
  )
}

async function readNames(
  database: Database,
  ids: { workspaceId: string; agentIds: string[]; teamIds: string[]; flowIds: string[] },
): Promise<Record<NamedKind, Map<string, string>>> {
  const { workspaceId, agentIds, teamIds, flowIds } = ids
  const [attributes, agents, teams, flows] = await Promise.all([
    database.attribute.findMany({ where: { workspaceId } }),
    database.agent.findMany({ where: { workspaceId, id: { in: agentIds } } }),
    database.team.findMany({ where: { workspaceId, id: { in: teamIds } } }),
    database.dialogue.findMany({ where: { workspaceId, id: { in: flowIds }, deletedAt: null } }),
  ])
  return {
    attribute: new Map(attributes.map((attribute) => [attribute.id, nameOfAttribute(attribute)])),
    agent: new Map(agents.map(({ id, email }) => [id, email])),
    team: new Map(teams.map(({ id, name }) => [id, name])),
    flow: new Map(flows.map(({ id, name }) => [id, name])),
  }
}

/** @returns for example company.industry */
export function nameOfAttribute({ entity, name }: { entity: 'PERSON' | 'COMPANY'; name: string }): string {
  return `${entity.toLowerCase()}.${name}`
}
