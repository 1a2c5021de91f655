// The tokens that a workspace knows: the built-in ones, and its attributes of people and companies.
import type { Database, Transaction } from '../../database/open.ts'
import { ATTRIBUTE_NAME, type Attribute } from '../attributes/attribute.ts'
import { BUILT_IN_TOKENS } from './token-values.ts'
import { type Family, readTokens, type Token } from './tokens.ts'

const FAMILIES: Record<Attribute['entity'], Family> = { PERSON: 'lead', COMPANY: 'company' }

/** What is wrong with a text, as written, without repetitions. */
export interface TokenFaults {
  unknown: string[]
  /** Double braces that form no token. */
  malformed: string[]
}

/** Reads the attributes that texts name, built-in ones included: what `findTokenFaults` and `attributesInTexts` need.
 * @param texts left out: reads all attributes of the workspace */
export async function readTokenAttributes(
  database: Database | Transaction,
  { workspaceId, texts }: { workspaceId: string; texts?: string[] },
): Promise<(Attribute & { label: string; builtIn: boolean })[]> {
  const names = texts?.flatMap((text) => readTokens(text).tokens.map(({ attribute }) => attribute))
  if (names?.length === 0) return []
  const attributes = await database.attribute.findMany({
    where: { workspaceId, ...(names ? { name: { in: [...new Set(names)] } } : {}) },
    orderBy: [{ entity: 'asc' }, { name: 'asc' }],
  })
  return attributes.filter(({ name }) => IS_IN_TOKENS.test(name))
}

/** Names that an earlier version allowed cannot stand in a text. */
const IS_IN_TOKENS = new RegExp(`^${ATTRIBUTE_NAME}$`)

/** Finds what saving a text must refuse.
 * @param attributes at least those that the text names */
export function findTokenFaults(text: string, attributes: Attribute[]): TokenFaults {
  const { tokens, malformed } = readTokens(text)
  const isKnown = (token: Token) => isBuiltIn(token) || attributes.some((attribute) => isOf(attribute, token))
  const unknown = tokens.filter((token) => !isKnown(token)).map(({ written }) => written)
  return { unknown: [...new Set(unknown)], malformed: [...new Set(malformed)] }
}

/** @returns those of the attributes that the texts name */
export function attributesInTexts<Known extends Attribute>(texts: string[], attributes: Known[]): Known[] {
  const tokens = texts.flatMap((text) => readTokens(text).tokens)
  return attributes.filter((attribute) => tokens.some((token) => isOf(attribute, token)))
}

/** The token of an attribute of the workspace itself; null if it means something else. */
export function tokenOf({ entity, name }: Attribute): string | null {
  const family = FAMILIES[entity]
  return isBuiltIn({ family, attribute: name }) ? null : `{{${family}.${name}}}`
}

function isOf({ entity, name }: Attribute, { family, attribute }: Token): boolean {
  return FAMILIES[entity] === family && name === attribute
}

function isBuiltIn({ family, attribute }: Pick<Token, 'family' | 'attribute'>): boolean {
  return Object.hasOwn(BUILT_IN_TOKENS, family) && Object.hasOwn(BUILT_IN_TOKENS[family as Family], attribute)
}
