// Shows a person to everybody but staff as services/people/seen-person.ts says. The fields of a person that are not for staff
// only have the extensions AS_SEEN. What leads to a person can say what was claimed there (`withProvenance`).
import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core'
import type { GraphQLFieldResolver } from 'graphql'
import type { Person } from '../database/generated/client/client.ts'
import type { AgentViewer, Viewer } from '../services/identity/viewer.ts'
import { readClaim } from '../services/people/claim.ts'
import {
  type PersonReader,
  readLinkHolders,
  readVisitors,
  seePerson,
  toLinkHolder,
} from '../services/people/seen-person.ts'
import { batched } from './batch.ts'
import type { SchemaContext } from './context.ts'

const NAME = 'seenPerson'

/** The extensions of a field of Person. */
export const AS_SEEN = { asSeen: true }

interface Provenance {
  /** What was said of the person, as stored. */
  claimed?: unknown
  /** The meeting that shows the person. */
  meetingId?: string
  /** The visitor who reads the person, if that is not the viewer as stored: whose visit begins, or who it was by then. */
  reader?: PersonReader
}

const provenanceOf = new WeakMap<Person, Provenance>()

/** @returns the person itself */
export function withProvenance<Row extends Person>(person: Row, provenance: Provenance): Row {
  provenanceOf.set(person, provenance)
  return person
}

const readVisitor = batched<PersonReader>(({ database }, ids) => readVisitors(database, ids))
const readLinkHolder = batched<PersonReader>(({ database }, ids) => readLinkHolders(database, ids))

/** @returns the person as the viewer sees it */
export async function seenPerson(context: SchemaContext, person: Person): Promise<Person> {
  const { viewer } = context
  if (viewer.kind === 'AGENT') return person
  const provenance = provenanceOf.get(person) ?? {}
  const { claimed, reader = await readReader(context, { viewer, person, provenance }) } = provenance
  return seePerson(reader, { person, claimed: readClaim(claimed) })
}

async function readReader(
  context: SchemaContext,
  about: { viewer: Exclude<Viewer, AgentViewer>; person: Person; provenance: Provenance },
): Promise<PersonReader> {
  const { viewer, person, provenance } = about
  if (viewer.kind === 'VISITOR') return readVisitor(context, viewer.visitorId)
  if (viewer.kind === 'MEETING_LINK') return readLinkHolder(context, viewer.meetingId)
  // Who gives a link to a mutation instead of a bearer token holds the link of the meeting that it returns.
  const { meetingId, claimed = null } = provenance
  if (meetingId === undefined) throw new Error('Nobody without a token or a link reads a person.')
  return toLinkHolder({ id: meetingId, personId: person.id, claimed })
}

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      seenPerson: SeenPersonPlugin<Types>
    }
  }
}

class SeenPersonPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { extensions }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (extensions?.asSeen !== true) return resolve
    return (person, values, context, info) => {
      const whose = context as SchemaContext
      return whose.viewer.kind === 'AGENT'
        ? resolve(person, values, context, info)
        : seenPerson(whose, person as Person).then((seen) => resolve(seen, values, context, info))
    }
  }
}

SchemaBuilder.registerPlugin(NAME, SeenPersonPlugin)
export default NAME
