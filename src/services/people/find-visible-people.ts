// Finds people by the ids under which a viewer reads them.
import type { RequestContext } from '../identity/request-context.ts'
import { readLinkHolders, readVisitors } from './seen-person.ts'
import { visiblePeople } from './visible-people.ts'

/** @returns those of the ids that the viewer may read, with the person's own id */
export async function findVisiblePeople(
  { database, viewer }: Pick<RequestContext, 'database' | 'viewer'>,
  ids: string[],
): Promise<{ id: string; rowId?: string }[]> {
  if (viewer.kind === 'ANONYMOUS') return []
  if (viewer.kind === 'AGENT') {
    return database.person.findMany({
      select: { id: true },
      where: { AND: [visiblePeople(viewer), { id: { in: ids } }] },
    })
  }
  const readers =
    viewer.kind === 'VISITOR'
      ? await readVisitors(database, [viewer.visitorId])
      : await readLinkHolders(database, [viewer.meetingId])
  return [...readers.values()]
    .map(({ id, personId, isProven }) => ({ id: isProven ? personId : id, rowId: personId }))
    .filter(({ id }) => ids.includes(id))
}
