// Tells the nodes that streams have grown. A wake-up is a hint that can be lost: what was written is read from the
// database, and a slow poll finds what nobody told (docs/semantics.md, section 7).

/** Told of streams that have grown; of null when wake-ups may have been lost, so that any may have. */
export type WakeUpListener = (streamIds: string[] | null) => void

/** Something that is told to those who follow a stream at this moment, and then forgotten: it is no event, is stored
 * nowhere, and may be lost. */
export interface Signal {
  streamId: string
  type: 'Typing'
  payload: { author: 'AGENT'; agentId: string } | { author: 'VISITOR' }
}

export type SignalListener = (signal: Signal) => void

export interface WakeUps {
  /** Tells every node, this one too, that these streams have grown. Never throws, never waits. */
  publish(streamIds: string[]): void
  /** @returns stops listening */
  listen(listener: WakeUpListener): () => void
  /** Tells every node, this one too. Never throws, never waits. */
  signal(signal: Signal): void
  /** @returns stops listening */
  listenToSignals(listener: SignalListener): () => void
  close(): Promise<void>
}
