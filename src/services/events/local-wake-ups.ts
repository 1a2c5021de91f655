// Wake-ups and signals within one process.
import type { SignalListener, WakeUpListener, WakeUps } from '../ports/wake-ups.ts'

export interface LocalWakeUps extends WakeUps {
  publish(streamIds: string[] | null): void
}

/** For a single node. */
export function createLocalWakeUps(): LocalWakeUps {
  const listeners = new Set<WakeUpListener>()
  const signalListeners = new Set<SignalListener>()
  return {
    publish: (streamIds) => {
      for (const listener of listeners) listener(streamIds)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    signal: (signal) => {
      for (const listener of signalListeners) listener(signal)
    },
    listenToSignals: (listener) => {
      signalListeners.add(listener)
      return () => signalListeners.delete(listener)
    },
    close: async () => {
      listeners.clear()
      signalListeners.clear()
    },
  }
}
