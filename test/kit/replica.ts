// A client that keeps a copy of the meetings it is told of.
import { ReturningClient, type ReturningClientOptions, type Told } from './returning-client.ts'

export interface ReplicaOptions extends Omit<ReturningClientOptions<Change>, 'selection' | 'onEvent'> {
  /** Told of each change that is applied. */
  onChange?(change: Change): void
}

export interface Change {
  /** When it happened. */
  at: string
  meeting: { id: string; status: string; startsAt: string; body: string; agent: { id: string } }
  change: { kind: string }
}

export class Replica extends ReturningClient<Change> {
  /** What was applied, in order. */
  readonly applied: string[] = []
  /** The meetings as they were told last, by their ids. */
  readonly meetings = new Map<string, Change['meeting']>()

  constructor({ onChange, ...options }: ReplicaOptions) {
    super({
      ...options,
      selection: '... on MeetingChanged { meeting { id status startsAt body agent { id } } change { kind } }',
      onEvent: (event) => {
        if (event.__typename !== 'MeetingChanged') return
        this.#apply(event)
        onChange?.(event)
      },
    })
  }

  #apply({ at, meeting, change }: Change & Told): void {
    this.applied.push(`${change.kind} ${meeting.id} ${at}`)
    this.meetings.set(meeting.id, meeting)
  }
}
