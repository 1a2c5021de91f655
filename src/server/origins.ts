// Decides which websites may call the API from a browser, and tells the operator of those that may not. In the demo
// every page of this machine may, whatever its port.
import type { SignIn } from '../config/config.ts'
import type { Services } from '../services/context.ts'
import { DAY } from '../services/time.ts'
import { isListedOrigin } from '../services/workspaces/is-listed-origin.ts'
import { Notice } from './fault-log.ts'

const LOOPBACK_ORIGIN = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i
/** Browsers can make up any number of origins; the log must not grow by it. So many are logged in a day. */
export const MAX_NOTICES = 100
const MAX_SHOWN_LENGTH = 200

export interface Origins {
  /** The origin of the calling page, if a workspace must list it. Null for our own pages, in the demo for those of this
   * machine, and for clients that are no browsers. */
  foreign(call: { origin: string | null; host: string }): string | null
  /** Whether some workspace lists the origin. The first refusal of an origin in a day is logged. */
  allows(origin: string): Promise<boolean>
}

export function createOrigins({
  services: { clock, database, onError },
  signIn,
}: {
  services: Pick<Services, 'clock' | 'database' | 'onError'>
  signIn: SignIn
}): Origins {
  const refused = new Set<string>()
  let startedAt = clock.now().getTime()
  const report = (origin: string) => {
    const now = clock.now().getTime()
    if (now - startedAt >= DAY) {
      refused.clear()
      startedAt = now
    }
    if (refused.has(origin) || refused.size > MAX_NOTICES) return
    refused.add(origin)
    onError(new Notice(refused.size > MAX_NOTICES ? NO_MORE : adviceFor(origin)))
  }
  return {
    foreign: ({ origin, host }) => {
      if (origin === null || URL.parse(origin)?.host === host) return null
      return signIn.mode === 'DEMO' && LOOPBACK_ORIGIN.test(origin) ? null : origin
    },
    allows: async (origin) => {
      const isAllowed = await isListedOrigin(database, origin)
      if (!isAllowed) report(origin)
      return isAllowed
    },
  }
}

const NO_MORE = 'Further origins that are refused are not logged within a day.'

function adviceFor(origin: string): string {
  const shown = JSON.stringify(origin.slice(0, MAX_SHOWN_LENGTH))
  return origin === 'null'
    ? 'A page that was opened as a file must not call the API. Serve it, for example at http://localhost:8080.'
    : `Pages of ${shown} must not call the API. To allow them, an administrator adds the origin to allowedOrigins with the mutation updateWorkspace, which replaces the list.`
}
