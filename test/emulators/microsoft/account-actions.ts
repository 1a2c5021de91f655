// What the owner or an administrator does to the account as a whole.
import { createCalendar } from './accounts.ts'
import type { DeltaFeeds } from './delta.ts'
import { removeItem } from './event-store.ts'
import type { Grants } from './grants.ts'
import type { Account, World } from './model.ts'
import { requireItem } from './series.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { MicrosoftAccount } from './user-actions.ts'
import { findZone } from './zones.ts'

export interface Parts {
  world: World
  grants: Grants
  subscriptions: Subscriptions
  feeds: DeltaFeeds
}

export type AccountAction =
  | 'addCalendar'
  | 'deleteCalendar'
  | 'changeTimeZone'
  | 'disableMailbox'
  | 'revokeAccess'
  | 'resetPassword'
  | 'failRefreshes'
  | 'expireAccessTokens'
  | 'expireSyncTokens'
  | 'lifecycle'

export function accountActions(parts: Parts, account: Account): Pick<MicrosoftAccount, AccountAction> {
  const { world, grants, subscriptions, feeds } = parts
  return {
    addCalendar: (name) => {
      const calendar = createCalendar(name)
      account.calendars.push(calendar)
      return calendar.id
    },
    deleteCalendar: (id) => {
      const gone = account.calendars.find((one) => (id === undefined ? one.isDefault : one.id === id))
      account.calendars = account.calendars.filter((one) => one !== gone)
      for (const event of account.events.filter(({ calendarId }) => calendarId === gone?.id)) {
        removeItem(world, account, { item: requireItem(account, event.id), by: 'OUTLOOK' })
      }
    },
    changeTimeZone: (timeZone, zone) => {
      Object.assign(account, { timeZone, zone: zone ?? findZone(timeZone) ?? 'UTC' })
    },
    disableMailbox: () => {
      account.hasMailbox = false
      subscriptions.lifecycle(account, 'subscriptionRemoved')
    },
    revokeAccess: () => {
      account.refusal = account.kind === 'work' ? 65001 : 70000
      subscriptions.lifecycle(account, 'subscriptionRemoved')
    },
    resetPassword: () => {
      account.refusal = 50173
      subscriptions.lifecycle(account, 'subscriptionRemoved')
    },
    failRefreshes: (code) => {
      account.refusal = code
    },
    expireAccessTokens: () => grants.endAccessTokens(account),
    expireSyncTokens: () => feeds.expire(account),
    lifecycle: (event) => subscriptions.lifecycle(account, event),
  }
}
