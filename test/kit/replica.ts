// A client that keeps a copy of the meetings in the events it receives.
import { type EventFields, ReturningClient, type ReturningClientOptions } from './returning-client.ts'

export interface ReplicaOptions extends Omit<ReturningClientOptions<Change>, 'selection' | 'onEvent'> {
  /** Called with each change that was applied. */
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
  /** The meetings by id, as the last events had them. */
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

  #apply({ at, meeting, change }: Change & EventFields): void {
    this.applied.push(`${change.kind} ${meeting.id} ${at}`)
    this.meetings.set(meeting.id, meeting)
  }
}
