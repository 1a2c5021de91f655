// Preloaded into a node's process, this makes its wall clock run ahead of the machine's by CLOCK_AHEAD_MS milliseconds.
// The database and the monotonic clock stay as they are, as on a machine whose clock is set wrong.
const aheadMs = Number(process.env.CLOCK_AHEAD_MS)
const { now: realNow } = Date
const now = () => realNow() + aheadMs

globalThis.Date = new Proxy(Date, {
  construct: (target, values, newTarget) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
  get: (target, property) => (property === 'now' ? now : Reflect.get(target, property)),
})
