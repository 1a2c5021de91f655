// The cookies that bind an attempt to connect a calendar to a browser. Nothing else here uses cookies: they give access to
// nothing but that attempt, and browsers send them with no request that another website makes, except when it links here.
import type { Plugin } from 'graphql-yoga'
import { AUTHORIZATION_MS, type BrowserBinding } from '../services/calendars/connection/attempt.ts'

/** Until the agent is back from the provider, and then until the confirmation. */
const MAX_AGE_SECONDS = (2 * AUTHORIZATION_MS) / 1000

export class BrowserCookies {
  readonly #isSecure: boolean
  readonly #set = new WeakMap<Request, string[]>()

  constructor({ publicUrl }: { publicUrl: string }) {
    this.#isSecure = publicUrl.startsWith('https:')
  }

  /** To be called before the response is sent. */
  add(request: Request, { name, key }: BrowserBinding): void {
    const attributes = ['Path=/', `Max-Age=${MAX_AGE_SECONDS}`, 'HttpOnly', 'SameSite=Lax']
    const cookie = [`${this.#nameOf(name)}=${key}`, ...attributes, ...(this.#isSecure ? ['Secure'] : [])]
    this.#set.set(request, [...(this.#set.get(request) ?? []), cookie.join('; ')])
  }

  /** @returns the key; null when the browser has none of this name */
  read({ headers }: Request, name: string): string | null {
    const prefix = `${this.#nameOf(name)}=`
    const cookies = headers.get('cookie')?.split(/; */) ?? []
    return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length) ?? null
  }

  /** Adds the cookies to the responses. */
  get plugin(): Plugin {
    return {
      onResponse: ({ request, response }) => {
        for (const cookie of this.#set.get(request) ?? []) response.headers.append('set-cookie', cookie)
      },
    }
  }

  /** The prefix makes browsers refuse the cookie from a sub-domain or without TLS. */
  #nameOf(name: string): string {
    return `${this.#isSecure ? '__Host-' : ''}switchboard-calendar-${name}`
  }
}
