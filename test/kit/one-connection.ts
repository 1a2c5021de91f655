// PGlite has one connection: inside of a transaction, a query on the client that the transaction belongs to would never
// end (docs/gotchas.md). On Postgres it would go unnoticed, so that the client that tests use refuses it on both.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database } from '../../src/database/open.ts'

type Call = (...values: unknown[]) => unknown

/** The transaction that the present code is called from, if any. */
const current = new AsyncLocalStorage<{ isOpen: boolean }>()

const RAW = new Set<PropertyKey>(['$queryRaw', '$executeRaw', '$queryRawUnsafe', '$executeRawUnsafe'])

/** @returns the client; its queries throw inside of one of its own transactions. What a test puts in place of a method is
 * seen here only, not by who uses the client later. */
export function asOnOneConnection(client: Database): Database {
  const models = new Map<PropertyKey, object>()
  return layer(client, (key, value) => {
    if (key === '$transaction') return watchTransactions((value as Call).bind(client))
    if (RAW.has(key)) return refuseInside(value as Call, client)
    if (typeof value !== 'object' || value === null || !/^[a-z]/.test(String(key))) return value
    const model = models.get(key) ?? asOutside(value)
    models.set(key, model)
    return model
  })
}

/** The methods of a model. */
const asOutside = (model: object): object =>
  layer(model, (_key, value) => (typeof value === 'function' ? refuseInside(value as Call, model) : value))

/** @returns what is read like the object and written beside it */
function layer<Owner extends object>(
  owner: Owner,
  wrap: (key: PropertyKey, value: unknown) => unknown,
): Owner {
  return new Proxy(Object.create(owner) as Owner, {
    get: (own, key) => (Object.hasOwn(own, key) ? Reflect.get(own, key) : wrap(key, Reflect.get(owner, key))),
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
