// Starts processes for a benchmark and calls functions in them: the cost of a server can only be measured if nothing
// else runs in its process.
import { type ChildProcess, fork } from 'node:child_process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

interface Question {
  number: number
  name: string
  input: unknown
}

interface Answer {
  number: number
  output?: unknown
  error?: string
}

/** Process time in microseconds. */
export interface Usage {
  user: number
  system: number
}

/** In bytes, with the garbage collected. */
export interface Memory {
  rss: number
  heapUsed: number
  external: number
}

/** To record a profile, set BENCH_NODE_FLAGS="--cpu-prof --cpu-prof-dir=profiles". */
const FLAGS = process.env.BENCH_NODE_FLAGS?.split(' ') ?? []

/** The parent's side. */
export class Child {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #number = 0

  /** @param file a program that calls `answerParent` */
  constructor(file: URL) {
    this.#process = fork(file, { execArgv: [...FLAGS, '--disable-warning=ExperimentalWarning'] })
    this.#process.on('message', ({ number, output, error }: Answer) => {
      const waiting = this.#waiting.get(number)
      this.#waiting.delete(number)
      if (error === undefined) waiting?.resolve(output)
      else waiting?.reject(new Error(error))
    })
    this.#process.once('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} exited with code ${code}.`))
    })
  }

  ask<Output>(name: string, input: unknown = null): Promise<Output> {
    const question: Question = { number: ++this.#number, name, input }
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(question.number, waiting)
    this.#process.send(question)
    return waiting.promise as Promise<Output>
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#process.once('exit', () => resolve())
    this.#process.disconnect()
    await promise
  }
}

/** The child's side: answers the parent's questions. Every child also answers `usage` and `memory`.
 * @returns once the parent has disconnected */
export function answerParent(handlers: Record<string, (input: never) => unknown>): Promise<void> {
  const all: typeof handlers = { ...handlers, usage: () => process.cpuUsage(), memory: readMemory }
  const answer = async ({ name, input }: Question) => {
    const handler = all[name]
    if (!handler) throw new Error(`There is no handler for ${name}.`)
    return handler(input as never)
  }
  process.on('message', (question: Question) => {
    answer(question).then(
      (output) => process.send?.({ number: question.number, output } satisfies Answer),
      (error: unknown) => {
        const text = error instanceof Error ? error.stack : String(error)
        process.send?.({ number: question.number, error: text ?? '' } satisfies Answer)
      },
    )
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  process.once('disconnect', () => resolve())
  return promise
}

async function readMemory(): Promise<Memory> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  for (let round = 0; round < 4; round++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heapUsed, external }
}
