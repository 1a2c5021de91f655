// The tokens that an agent can choose from.
import type { RequestContext } from '../identity/request-context.ts'
import { requireStaff } from '../identity/viewer.ts'
import { readAttributes } from './known-tokens.ts'
import { BUILT_IN_TOKENS, SAMPLE, tokenValues } from './token-values.ts'
import type { Family } from './tokens.ts'

export interface TokenChoice {
  /** With its braces. */
  token: string
  label: string
  /** Null where nothing is known of the values. */
  example: string | null
}

const LABEL_OF_ATTRIBUTE: Partial<Record<Family, string>> = {
  lead: 'Attribute of the person',
  company: 'Attribute of the company',
}

/** @returns those of every workspace first, then the attributes that the workspace's people have
 * @throws ForbiddenError unless staff is asking */
export async function listTokens({ viewer, database }: RequestContext): Promise<TokenChoice[]> {
  const { workspaceId } = requireStaff(viewer)
  const attributes = await readAttributes(database, { workspaceId })
  return [
    ...builtInTokens(),
    ...attributes.map(({ family, name }) => ({
      token: `{{${family}.${name}}}`,
      label: `${LABEL_OF_ATTRIBUTE[family]}: ${name}`,
      example: null,
    })),
  ]
}

function builtInTokens(): TokenChoice[] {
  const values = tokenValues(SAMPLE)
  return Object.entries(BUILT_IN_TOKENS).flatMap(([family, attributes]) =>
    Object.entries(attributes).map(([attribute, label]) => ({
      token: `{{${family}.${attribute}}}`,
      label,
      example: String(values[family as Family][attribute]),
    })),
  )
}
