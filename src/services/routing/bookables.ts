// Agents and teams as visitors find them: by a slug, and on the website if they are publicly bookable. The agents and teams
// of a workspace share one set of slugs.
import { z } from 'zod'
import type { Transaction } from '../../database/open.ts'
import { sqlStateOf, UNIQUE_VIOLATION } from '../../database/sql-state.ts'
import { ConflictError } from '../../errors.ts'
import { fault } from '../input.ts'
import { EVERYBODY, freeSlug, MAX_SLUG_LENGTH, SLUG, slugFrom } from './slug-rules.ts'

export const slugInput = z
  .string()
  .trim()
  .toLowerCase()
  .max(MAX_SLUG_LENGTH, `Must be at most ${MAX_SLUG_LENGTH} characters.`)
  .regex(
    SLUG,
    'Must be letters from a to z and digits, in words joined by hyphens, for example ada-lovelace.',
  )
  .refine(
    (slug) => slug !== EVERYBODY,
    fault('NOT_ALLOWED', `Must not be ${EVERYBODY}, which stands for all agents in turn.`),
  )

type Owner = { workspaceId: string } & ({ agentId: string } | { teamId: string })

/** What a client sets; null or omitted: as it is, or the default of a new one. */
export interface BookableInput {
  slug?: string | null | undefined
  publiclyBookable?: boolean | null | undefined
}

/** Gives a new agent or team its slug, by default one made from the name. The lock of the workspace's slugs must be held.
 * @throws ConflictError when the slug is taken */
export async function createBookable(
  tx: Transaction,
  { name, slug, publiclyBookable, ...owner }: Owner & BookableInput & { name: string },
): Promise<void> {
  const made = slugFrom(name, 'agentId' in owner ? 'agent' : 'team')
  const data = { ...owner, publiclyBookable: publiclyBookable ?? false }
  const given = slug ?? freeSlug(made, await slugsLike(tx, { workspaceId: owner.workspaceId, slug: made }))
  await orSlugTaken(tx.bookable.create({ data: { ...data, slug: given } }))
}

/** The lock of the workspace's slugs must be held if there is a new one.
 * @throws ConflictError when the slug is taken */
export async function updateBookable(
  tx: Transaction,
  { slug, publiclyBookable, ...owner }: Owner & BookableInput,
): Promise<void> {
  if ((slug ?? publiclyBookable ?? null) === null) return
  const data = { slug: slug ?? undefined, publiclyBookable: publiclyBookable ?? undefined }
  await orSlugTaken(tx.bookable.updateMany({ where: owner, data }))
}

/** @returns the slugs that are this one, or begin with it and a hyphen */
async function slugsLike(
  tx: Transaction,
  { workspaceId, slug }: { workspaceId: string; slug: string },
): Promise<Set<string>> {
  const rows = await tx.bookable.findMany({
    where: { workspaceId, OR: [{ slug }, { slug: { startsWith: `${slug}-` } }] },
    select: { slug: true },
  })
  return new Set(rows.map((row) => row.slug))
}

async function orSlugTaken<Answer>(writing: Promise<Answer>): Promise<Answer> {
  try {
    return await writing
  } catch (error) {
    if (sqlStateOf(error) !== UNIQUE_VIOLATION) throw error
    throw new ConflictError('SLUG_TAKEN', 'Another agent or team of the workspace has this slug.')
  }
}
