import { NotFoundError } from '../errors.ts'

/** @param wanted.field the argument with the ids, for example `input.roleIds`
 * @throws NotFoundError for the first id that is not among the rows */
export function requireAll(
  found: readonly { id: string }[],
  wanted: { ids: readonly string[]; field: string },
): void {
  const known = new Set(found.map(({ id }) => id))
  const missing = wanted.ids.findIndex((id) => !known.has(id))
  if (missing !== -1) throw new NotFoundError(`${wanted.field}.${missing}`)
}
