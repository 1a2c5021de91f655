// The tokens that a workspace knows: the built-in ones, and the attributes that its people have.
import type { Database, Transaction } from '../../database/open.ts'
import { BUILT_IN_TOKENS } from './token-values.ts'
import { ATTRIBUTE_NAME, type Family, readTokens, type Token } from './tokens.ts'

/** The most attributes that are read; those that most people have come first. */
export const MAX_LISTED_ATTRIBUTES = 500

interface Attribute {
  family: Family
  name: string
}

/** Reads the attributes of people and their companies, the most frequent ones first. It leaves out built-in attributes
 * and names that a token cannot contain.
 * @param names limits the result to these */
export async function readAttributes(
  database: Database | Transaction,
  { workspaceId, names = null }: { workspaceId: string; names?: string[] | null },
): Promise<Attribute[]> {
  const attributes = await database.$queryRaw<Attribute[]>`
    SELECT "family", "name" FROM (
      SELECT 'lead' AS "family", jsonb_object_keys("attributes") AS "name"
      FROM "Person" WHERE "workspaceId" = ${workspaceId}::uuid
      UNION ALL
      SELECT 'company', jsonb_object_keys("companyAttributes")
      FROM "Person" WHERE "workspaceId" = ${workspaceId}::uuid
    ) AS attribute
    WHERE "name" ~ ${`^${ATTRIBUTE_NAME}$`} AND (${names}::text[] IS NULL OR "name" = ANY (${names}::text[]))
    GROUP BY "family", "name" ORDER BY count(*) DESC, "family", "name" LIMIT ${MAX_LISTED_ATTRIBUTES}`
  return attributes.filter(({ family, name }) => !isBuiltIn(family, name))
}

/** Finds what saving a text must refuse: tokens that the workspace does not know, and double braces that form no token.
 * @returns them as written, without repetitions */
export async function findUnknownTokens(
  database: Database | Transaction,
  { workspaceId, text }: { workspaceId: string; text: string },
): Promise<{ unknown: string[]; malformed: string[] }> {
  const { tokens, malformed } = readTokens(text)
  const others = tokens.filter(({ family, attribute }) => !isBuiltIn(family, attribute))
  const names = others.filter(isOfPeople).map(({ attribute }) => attribute)
  const attributes = names.length === 0 ? [] : await readAttributes(database, { workspaceId, names })
  const isKnown = ({ family, attribute }: Token) =>
    attributes.some((known) => known.family === family && known.name === attribute)
  const unknown = others.filter((token) => !isKnown(token)).map(({ written }) => written)
  return { unknown: [...new Set(unknown)], malformed: [...new Set(malformed)] }
}

function isBuiltIn(family: string, attribute: string): boolean {
  return Object.hasOwn(BUILT_IN_TOKENS, family) && Object.hasOwn(BUILT_IN_TOKENS[family as Family], attribute)
}

const isOfPeople = ({ family }: Token) => family === 'lead' || family === 'company'
