// The port that wakes the nodes when streams have grown. A wake-up is a hint that can be lost: events are read from the
// database, and a slow poll finds those whose wake-up was lost (docs/semantics.md, section 7).

/** Gets the streams that have grown; null when wake-ups may have been lost, so that any stream may have grown. */
export type WakeUpListener = (streamIds: string[] | null) => void

/** A notice to the present subscribers of a stream. It is not an event: it is stored nowhere, and may be lost. */
export interface Signal {
  streamId: string
  type: 'Typing'
  payload: { author: 'AGENT'; agentId: string } | { author: 'VISITOR' }
}

export type SignalListener = (signal: Signal) => void

export interface WakeUps {
  /** Wakes all nodes, this one included, because these streams have grown. Never throws, never waits. */
  publish(streamIds: string[]): void
  /** @returns cancel */
  listen(listener: WakeUpListener): () => void
  /** Sends a signal to all nodes, this one included. Never throws, never waits. */
  signal(signal: Signal): void
  /** @returns cancel */
  listenToSignals(listener: SignalListener): () => void
  close(): Promise<void>
}
