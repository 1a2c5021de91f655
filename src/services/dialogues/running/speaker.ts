// Who a dialogue talks to: what is known of the visitor as far as it may see it, and what becomes of that once it says
// more. An unverified visitor is what it claims to be, a verified one is its person (docs/semantics.md, section 9). Pure.
import type { Attribute, AttributeValue, ReadValue } from '../../attributes/attribute.ts'
import { type Described, readValueOf, withValue } from '../../people/attribute-values.ts'
import { addClaim, type Claim, NOTHING_CLAIMED } from '../../people/claim.ts'
import type { PersonInput } from '../../people/person-input.ts'
import { givenFields } from '../../people/save-person.ts'

/** A value that somebody gives an attribute of itself or its company. */
export interface Saying {
  attribute: Attribute
  value: AttributeValue
}

export interface Speaker {
  described: Described
  isVerified: boolean
  /** Reads a value; null: there is none, or it is not of the attribute's type. */
  read: ReadValue
  /** @returns the speaker after it has said so */
  say(saying: Saying): Speaker
}

/** @param who.person as stored
 * @param who.claimed what an unverified visitor has said of itself; null: nothing */
export function speakerOf(who: { isVerified: boolean; person: Described; claimed: Claim | null }): Speaker {
  const { isVerified, person, claimed } = who
  const described = isVerified ? person : (claimed ?? NOTHING_CLAIMED)
  return {
    described,
    isVerified,
    read: (attribute) => readValueOf(described, attribute),
    say: (saying) => {
      const said = toPersonInput([saying], described)
      const isSomebodyElse = said.email !== undefined && said.email !== person.email
      return isVerified && !isSomebodyElse
        ? speakerOf({ ...who, person: { ...person, ...givenFields(said) } })
        : speakerOf({ isVerified: false, person, claimed: addClaim(isVerified ? null : claimed, said) })
    },
  }
}

/** @param described what is known before. Another e-mail address is somebody else, of whom nothing is known
 * @returns what `identifyPerson` takes */
export function toPersonInput(sayings: Saying[], described: Described): PersonInput {
  let said: PersonInput = {}
  let known = described
  for (const { attribute, value } of sayings) {
    const present = {
      attributes: said.attributes ?? known.attributes,
      companyAttributes: said.company?.attributes ?? known.companyAttributes,
    }
    const { company, ...more } = withValue(attribute, { value, present })
    said = { ...said, ...more, ...(company ? { company: { ...said.company, ...company } } : {}) }
    const { email } = said
    if (!email || !known.email || email === known.email) continue
    said = { email }
    known = { ...NOTHING_CLAIMED, email }
  }
  return said
}
