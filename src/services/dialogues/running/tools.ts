// What a walk needs of the domains around: conditions, values and texts. Pure.
import { evaluate } from '../../attributes/conditions.ts'
import { parseValue, type ValueSettings } from '../../attributes/values.ts'
import type { TokenValues } from '../../invitations/tokens.ts'
import type { Described } from '../../people/attribute-values.ts'
import { personName } from '../../people/person-name.ts'
import { renderText } from '../definition/rich-text.ts'
import type { Speaker } from './speaker.ts'
import type { Tools } from './walk.ts'

export function walkTools(settings: ValueSettings): Tools {
  return {
    evaluate,
    parse: (attribute, text) => {
      const parsed = parseValue(attribute, text, settings)
      return 'value' in parsed ? parsed.value : null
    },
    fill: (text, { described }: Speaker) => renderText(text, valuesOf(described)),
  }
}

/** The values of tokens. No agent and no meeting is known. */
function valuesOf(described: Described): TokenValues {
  const { email, firstName, lastName, phone, jobTitle, crmStatus = null } = described
  const name = personName(described)
  return {
    lead: { ...Object(described.attributes), email, firstName, lastName, name, phone, jobTitle, crmStatus },
    company: {
      ...Object(described.companyAttributes),
      name: described.companyName,
      domain: described.companyDomain,
    },
    agent: {},
    meeting: {},
  }
}
