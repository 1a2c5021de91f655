// The tokens that an agent can use in an invitation.
import type { AttributeEntity } from '../../database/generated/client/enums.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requireStaff } from '../identity/viewer.ts'
import { readTokenAttributes, tokenOf } from './known-tokens.ts'
import { BUILT_IN_TOKENS, SAMPLE, tokenValues } from './token-values.ts'
import type { Family } from './tokens.ts'

export interface TokenChoice {
  /** With its braces. */
  token: string
  label: string
  /** Null for attributes, whose values are unknown. */
  example: string | null
}

const LABELS: Record<AttributeEntity, string> = {
  PERSON: 'Attribute of the person',
  COMPANY: 'Attribute of the company',
}

/** @returns the built-in tokens first, then those of the attributes that the workspace has defined
 * @throws ForbiddenError unless the viewer is staff */
export async function listTokens({ viewer, database }: RequestContext): Promise<TokenChoice[]> {
  const { workspaceId } = requireStaff(viewer)
  const attributes = await readTokenAttributes(database, { workspaceId })
  return [
    ...builtInTokens(),
    ...attributes.flatMap((attribute) => {
      const token = tokenOf(attribute)
      const label = `${LABELS[attribute.entity]}: ${attribute.label}`
      return token === null ? [] : [{ token, label, example: null }]
    }),
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
