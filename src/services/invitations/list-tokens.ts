// The tokens that an agent can use in an invitation.
import type { RequestContext } from '../identity/request-context.ts'
import { requireStaff } from '../identity/viewer.ts'
import { readAttributes } from './known-tokens.ts'
import { BUILT_IN_TOKENS, SAMPLE, tokenValues } from './token-values.ts'
import type { Family } from './tokens.ts'

export interface TokenChoice {
  /** With its braces. */
  token: string
  label: string
  /** Null for attributes, whose values are unknown. */
  example: string | null
}

const LABEL_OF_ATTRIBUTE: Partial<Record<Family, string>> = {
  lead: 'Attribute of the person',
  company: 'Attribute of the company',
}

/** @returns the built-in tokens first, then the attributes of the workspace's people
 * @throws ForbiddenError unless the viewer is staff */
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
