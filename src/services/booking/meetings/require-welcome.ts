import { ForbiddenError } from '../../../errors.ts'
import { isBlocked } from '../../people/is-blocked.ts'
import type { ChosenMeeting } from './new-meeting.ts'

/** @throws ForbiddenError for a visitor whose e-mail address is blocked */
export function requireWelcome({
  viewer,
  identified: { person },
  choice,
}: Pick<ChosenMeeting, 'viewer' | 'identified' | 'choice'>): void {
  if (viewer.kind === 'AGENT' || !isBlocked(person.email, choice)) return
  throw new ForbiddenError('The workspace takes no bookings from this e-mail address.')
}
