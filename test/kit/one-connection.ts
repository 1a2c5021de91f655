// PGlite has one connection: inside of a transaction, a query on the client that the transaction belongs to would never
// end (docs/gotchas.md). On Postgres it would go unnoticed, so that there the client that tests use refuses it.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database } from '../../src/database/open.ts'

type Call = (...values: unknown[]) => unknown

/** Those that are under way where the present code was called from. */
const current = new AsyncLocalStorage<{ isOpen: boolean }>()

const RAW = new Set<PropertyKey>(['$queryRaw', '$executeRaw', '$queryRawUnsafe', '$executeRawUnsafe'])

/** @returns the client; its queries throw inside of one of its own transactions */
export function asOnOneConnection(client: Database): Database {
  return new Proxy(client, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key)
      if (key === '$transaction') return watchTransactions((value as Call).bind(target))
      if (RAW.has(key)) return refuseInside(value as Call, target)
      const isModel = typeof value === 'object' && value !== null && /^[a-z]/.test(String(key))
      return isModel ? asOutside(value) : value
    },
  })
}

/** The methods of a model. */
function asOutside(model: object): object {
  return new Proxy(model, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? refuseInside(value as Call, target) : value
    },
  })
}

function watchTransactions(begin: Call): Call {
  return (work, ...options) => {
    refuse()
    if (typeof work !== 'function') return begin(work, ...options)
    const inside = async (tx: unknown) => {
      const transaction = { isOpen: true }
      try {
        return await current.run(transaction, () => work(tx))
      } finally {
        transaction.isOpen = false
      }
    }
    return begin(inside, ...options)
  }
}

/** As itself to `vi.mocked` and the like: only the call is looked at. */
function refuseInside(method: Call, owner: object): Call {
  return new Proxy(method, {
    apply: (target, _owner, values) => {
      refuse()
      return Reflect.apply(target, owner, values)
    },
  })
}

function refuse(): void {
  if (!current.getStore()?.isOpen) return
  throw new Error('Inside of a transaction only `tx` may be used: on PGlite this query would never end.')
}
