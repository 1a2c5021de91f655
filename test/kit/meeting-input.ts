/** The input as the schema has it: with the reference to a meeting, or to a slot, in a field of its own. */
export function nested(mutation: string, given: object): object {
  const input = given as Record<string, unknown>
  if (mutation === 'bookMeeting') {
    const { holdId, target, startsAt, endsAt, ...rest } = input
    return { slot: holdId === undefined ? { free: { target, startsAt, endsAt } } : { holdId }, ...rest }
  }
  if (mutation !== 'rescheduleMeeting' && mutation !== 'cancelMeeting') return input
  const { meetingId, manageToken, ...rest } = input
  return { meeting: manageToken === undefined ? { meetingId } : { manageToken }, ...rest }
}
