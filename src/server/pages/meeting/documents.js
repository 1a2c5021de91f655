// The operations of the page.

/** The latest that was booked with the link, or else the meeting that the link is for. */
export const MEETING = `query VisitorsMeeting {
  meetings(first: 1, orderBy: BOOKED_AT_DESC) {
    nodes {
      id status past startsAt endsAt timeZone subject body conferenceUrl
      agent { id name }
      person { email }
      history { actor actorKind reason }
    }
  }
}`

/** The page itself groups the slots by days, so that they do not depend on the time zone. */
export const SLOTS = `subscription FreeTimes($moving: ID, $target: RoutingTargetInput, $from: DateTime!, $to: DateTime!) {
  slotsChanged(movingMeetingId: $moving, target: $target, from: $from, to: $to, timeZone: "UTC") {
    days { slots { startsAt endsAt } }
    nextAvailable
  }
}`

export const MOVE = `mutation Move($input: RescheduleMeetingInput!) {
  outcome: rescheduleMeeting(input: $input) { __typename ... on SlotUnavailableError { reason } }
}`

export const BOOK = `mutation BookAgain($input: BookMeetingInput!) {
  outcome: bookMeeting(input: $input) {
    __typename ... on SlotUnavailableError { reason } ... on ConflictError { reason }
  }
}`

export const CANCEL = `mutation Cancel($input: CancelMeetingInput!) {
  outcome: cancelMeeting(input: $input) { __typename }
}`
