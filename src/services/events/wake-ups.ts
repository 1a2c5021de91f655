// Tells the nodes that streams have grown. A wake-up is a hint that can be lost: what was written is read from the
// database, and a slow poll finds what nobody told (docs/semantics.md, section 7).

/** Told of streams that have grown; of null when wake-ups may have been lost, so that any may have. */
export type WakeUpListener = (streamIds: string[] | null) => void

export interface WakeUps {
  /** Tells every node, this one too, that these streams have grown. Never throws, never waits. */
  publish(streamIds: string[]): void
  /** @returns stops listening */
  listen(listener: WakeUpListener): () => void
  close(): Promise<void>
}

export interface LocalWakeUps extends WakeUps {
  publish(streamIds: string[] | null): void
}

/** For a single node. */
export function createLocalWakeUps(): LocalWakeUps {
  const listeners = new Set<WakeUpListener>()
  return {
    publish: (streamIds) => {
      for (const listener of listeners) listener(streamIds)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => listeners.clear(),
  }
}
