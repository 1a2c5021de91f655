// Shares the answers to events between agents with the same permissions, who are in groups of their own because some
// answers depend on who they are. Whether one does is observed when it is executed: see `watchIdentity`.
import type { StoredEvent } from '../../services/events/catalogue.ts'
import { PromiseCache } from '../../services/promise-cache.ts'
import type { Answer, LiveOperation, Payload } from './live-operation.ts'

/** The groups of colleagues reach an event at about the same time. A group that comes later executes it itself. */
const MAX_ANSWERS = 200
/** What is forgotten is observed again. */
const MAX_PERSONAL = 1000

export class SharedAnswers {
  readonly #answers = new PromiseCache<Answer, string>(MAX_ANSWERS)
  /** The operations with the types of events whose answers were personal: the next ones are not waited for. */
  readonly #personal = new Set<string>()

  /** @returns the answer to the event for the viewer of the operation */
  async execute(operation: LiveOperation, event: StoredEvent, place: string): Promise<Payload> {
    const { colleaguesKey } = operation
    const kind = `${event.type} ${colleaguesKey}`
    if (colleaguesKey === null || this.#personal.has(kind)) return operation.execute(event, place)
    let isOwn = false
    const answer = await this.#answers.get(`${event.seq} ${colleaguesKey}`, () => {
      isOwn = true
      return operation.answer(event, place)
    })
    if (!answer.isPersonal) return answer.payload
    if (this.#personal.size >= MAX_PERSONAL) this.#personal.clear()
    this.#personal.add(kind)
    return isOwn ? answer.payload : operation.execute(event, place)
  }
}
