// What a call of a visitor needs to know of it, as part of the statement that counts the call.
import type { BudgetedCall } from '../../../config/budgets.ts'
import { Prisma, type Workspace } from '../../../database/generated/client/client.ts'
import { UnauthenticatedError } from '../../../errors.ts'
import { spendBudgetsAndRead } from '../../budgets/spend-budgets.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import type { VisitorViewer } from '../../identity/viewer.ts'
import type { Described } from '../../people/attribute-values.ts'
import { readClaim } from '../../people/claim.ts'
import { type Speaker, speakerOf } from './speaker.ts'

/** Of the visitor `v`, its person `p` and its workspace `w`. */
const VISITOR_COLUMNS = Prisma.sql`
  v."id" AS "actorId", v."workspaceId" AS "actorWorkspaceId", v."personId" AS "actorPersonId", v."verified", v."claimed",
  p."email", p."firstName", p."lastName", p."jobTitle", p."phone", p."companyName", p."companyDomain", p."companyAttributes",
  p."attributes", p."crmStatus", w."phoneCountry"`

const VISITOR_TABLES = Prisma.sql`
  "Visitor" v JOIN "Person" p ON p."id" = v."personId" JOIN "Workspace" w ON w."id" = v."workspaceId"`

interface VisitorRow extends Described, Pick<Workspace, 'phoneCountry'> {
  actorId: string
  actorWorkspaceId: string
  actorPersonId: string
  verified: boolean
  claimed: Prisma.JsonValue
}

/** Whoever calls. */
export interface Actor {
  visitorId: string
  workspaceId: string
  personId: string
  /** As stored. */
  claimed: Prisma.JsonValue
  /** What is stored of the person. */
  person: Described
  speaker: Speaker
  phoneCountry: string | null
}

/** @param query.calls as what the call counts
 * @param query.columns more columns, each with a comma before it
 * @param query.tables more tables, each with its JOIN
 * @returns the actor, and the columns
 * @throws UnauthenticatedError when the visit is over
 * @throws QuotaExceededError */
export async function readActor<Row extends object>(
  context: RequestContext,
  viewer: VisitorViewer,
  {
    calls = ['dialogues'],
    columns,
    tables = Prisma.empty,
  }: { calls?: BudgetedCall[]; columns: Prisma.Sql; tables?: Prisma.Sql },
): Promise<{ actor: Actor; row: Row }> {
  const row = await spendBudgetsAndRead<VisitorRow & Row>(
    context,
    { workspaceId: viewer.workspaceId, calls },
    Prisma.sql`
      SELECT ${VISITOR_COLUMNS} ${columns} FROM ${VISITOR_TABLES} ${tables} WHERE v."id" = ${viewer.visitorId}::uuid`,
  )
  if (row === null) throw visitIsOver()
  return { actor: toActor(row), row }
}

export const visitIsOver = () => new UnauthenticatedError('The visit has ended.')

function toActor(row: VisitorRow): Actor {
  const { actorId, actorWorkspaceId, actorPersonId, verified, claimed, phoneCountry } = row
  const speaker = speakerOf({ isVerified: verified, person: row, claimed: readClaim(claimed) })
  const ids = { visitorId: actorId, workspaceId: actorWorkspaceId, personId: actorPersonId }
  return { ...ids, claimed, person: row, speaker, phoneCountry }
}

/** A condition on sessions `s`: those of the visitor `v`, and those of its person's other browsers while both are
 * verified. */
export const IS_OF_VISITOR = Prisma.sql`(
  s."visitorId" = v."id" OR v."verified" AND s."visitorId" IN (
    SELECT o."id" FROM "Visitor" o WHERE o."personId" = v."personId" AND o."verified"
  )
)`
