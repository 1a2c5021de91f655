// The port that wakes the nodes when streams have new events. A wake-up is a hint that can be lost: events are read from the
// database, and a slow poll finds those whose wake-up was lost (docs/semantics.md, section 7).

/** Receives the streams that have new events; null if wake-ups may have been lost, so that any stream may have some. */
export type WakeUpListener = (streamIds: string[] | null) => void

/** A notice to the current subscribers of a stream. Unlike an event, it is not stored, and may be lost. */
export interface Signal {
  streamId: string
  type: 'Typing'
  payload: { conversationId: string } & ({ author: 'AGENT'; agentId: string } | { author: 'VISITOR' })
}

export type SignalListener = (signal: Signal) => void

export interface WakeUps {
  /** Wakes all nodes, including this one, because these streams have new events. Never throws, never waits. */
  publish(streamIds: string[]): void
  /** @returns cancel */
  listen(listener: WakeUpListener): () => void
  /** Sends a signal to all nodes, including this one. Never throws, never waits. */
  signal(signal: Signal): void
  /** @returns cancel */
  listenToSignals(listener: SignalListener): () => void
  close(): Promise<void>
}
