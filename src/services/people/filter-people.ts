// Turns the arguments of the list of people into a database filter.
import { z } from 'zod'
import type { Prisma } from '../../database/generated/client/client.ts'
import { ForbiddenError } from '../../errors.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { type AgentViewer, requireStaff, type Viewer } from '../identity/viewer.ts'
import { parseInput, text } from '../input.ts'
import { containing, MAX_SEARCH_LENGTH } from '../search.ts'
import { SEES_EVERYONE } from './visible-people.ts'

const peopleArguments = z.object({ search: text(MAX_SEARCH_LENGTH).nullish() })

/** @param raw.search words, each of which must be in the name, the e-mail or the company
 * @returns a filter for the people of the viewer's workspace that match the arguments
 * @throws ForbiddenError without VIEW_ALL_CONVERSATIONS or MANAGE_ALL_MEETINGS
 * @throws InvalidInputError */
export function filterPeople(
  { viewer }: RequestContext,
  raw: z.input<typeof peopleArguments>,
): Prisma.PersonWhereInput {
  const { workspaceId } = requireMaySearch(viewer)
  const { search } = parseInput(peopleArguments, raw, [])
  const words = search ? search.split(/\s+/) : []
  return { workspaceId, erasedAt: null, AND: words.map(matching) }
}

export type PersonOrder = 'FIRST_SEEN_DESC' | 'FIRST_SEEN_ASC' | 'NAME_ASC'

/** The id decides between equal people, so that the order is total. */
export function orderPeople(
  order: PersonOrder,
): ({ sortName: Prisma.SortOrder } | { createdAt: Prisma.SortOrder } | { id: Prisma.SortOrder })[] {
  if (order === 'NAME_ASC') return [{ sortName: 'asc' }, { id: 'asc' }]
  const direction = order === 'FIRST_SEEN_ASC' ? 'asc' : 'desc'
  return [{ createdAt: direction }, { id: direction }]
}

function requireMaySearch(viewer: Viewer): AgentViewer {
  const staff = requireStaff(viewer)
  if (SEES_EVERYONE.some((permission) => staff.permissions.has(permission))) return staff
  throw new ForbiddenError(`This requires the permission ${SEES_EVERYONE.join(' or ')}.`, SEES_EVERYONE[0])
}

function matching(word: string): Prisma.PersonWhereInput {
  const contains = containing(word)
  const names = [{ firstName: contains }, { lastName: contains }, { companyName: contains }]
  return { OR: [...names, { email: contains }] }
}
