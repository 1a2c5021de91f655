// Reads phone numbers.
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { MAX_PHONE_LENGTH } from './built-in.ts'

interface PhoneNumber {
  /** In E.164, for example +14165550123. */
  number: string
  /** Whether the country has given out numbers like it, as far as is known. */
  isValid: boolean
}

/** @param code as ISO 3166 has it, in capital letters */
export const isPhoneCountry = (code: string): boolean => isSupportedCountry(code)

/** @param text the number and nothing else
 * @param country whose numbers need no country code, for example "US"; null: all need one
 * @returns null for a text that is no phone number, or has an extension */
export function readPhone(text: string, country: string | null): PhoneNumber | null {
  if (text.length > MAX_PHONE_LENGTH) return null
  const found = parsePhoneNumberFromString(text, {
    extract: false,
    ...(country === null ? {} : { defaultCountry: country as CountryCode }),
  })
  if (!found?.isPossible() || found.ext) return null
  return { number: found.number, isValid: found.isValid() }
}
