// Which columns of the database can hold something of a person, table by table. The test of the erasure is made of it:
// a column that is missing here makes it fail.

/** Erased: a marker in it must be gone after `erasePerson`, and be in the export before, unless it says otherwise. */
interface Erased {
  /** A condition on the rows of a person; $1 is the person's id. */
  of: string
  /** Left out: it is text. */
  columns: Record<string, { json?: true; exported?: false }>
}

const text = {}
const json = { json: true } as const
const hidden = { exported: false } as const

const OF_PERSON = '"personId" = $1::uuid'
const OF_CONVERSATION = '"conversationId" IN (SELECT "id" FROM "Conversation" WHERE "personId" = $1::uuid)'
const OF_MEETING = '"meetingId" IN (SELECT "id" FROM "Meeting" WHERE "personId" = $1::uuid)'

export const ERASED: Record<string, Erased> = {
  Person: {
    of: '"id" = $1::uuid',
    columns: {
      email: text,
      firstName: text,
      lastName: text,
      jobTitle: text,
      phone: text,
      companyName: text,
      companyDomain: text,
      companyAttributes: json,
      attributes: json,
      crmStatus: text,
    },
  },
  Visitor: { of: OF_PERSON, columns: { pageUrl: text, claimed: json } },
  Conversation: { of: OF_PERSON, columns: { claimed: json, pageUrl: text, clientNetwork: hidden } },
  // The sender is an id; a marker would break the rule that it comes with a key. What a dialogue says has neither.
  Message: {
    of: `${OF_CONVERSATION} AND "author" <> 'BOT'`,
    columns: { text, clientKey: text, sender: hidden },
  },
  Meeting: {
    of: OF_PERSON,
    columns: {
      subject: text,
      body: text,
      // Of the agent, but without the texts nobody needs them.
      subjectTemplate: hidden,
      bodyTemplate: hidden,
      agenda: text,
      conferenceUrl: text,
      pageUrl: text,
      claimed: json,
    },
  },
  MeetingChange: { of: OF_MEETING, columns: { reason: text } },
  MeetingInvitation: {
    of: `${OF_MEETING} AND "recipient" = 'VISITOR'`,
    columns: { address: text, uid: text, organizer: text },
  },
  MeetingRequest: { of: OF_PERSON, columns: { email: text, claimed: json, agenda: text, pageUrl: text } },
  DialogueSession: { of: OF_PERSON, columns: { transcript: json, answers: json, pageUrl: text } },
  // What a client makes up for a retry.
  IdempotencyKey: {
    of: `"caller" IN (
      SELECT 'visitor:' || "id" FROM "Visitor" WHERE "personId" = $1::uuid
      UNION SELECT 'meeting:' || "id" FROM "Meeting" WHERE "personId" = $1::uuid
    )`,
    columns: { key: hidden, outcome: { json: true, exported: false } },
  },
}

const STAFF = 'of staff, or a setting'
const SYSTEM = 'made by the program: ids, numbers, names of kinds'

/** Kept: the reason why it holds nothing of a person. */
export const KEPT: Record<string, Record<string, string>> = {
  Agent: { name: STAFF, email: STAFF, pictureUrl: STAFF, oidcSubject: STAFF },
  Attribute: { name: STAFF, label: STAFF, values: STAFF },
  Bookable: { slug: STAFF },
  Budget: { key: 'a keyed hash; deleted with the person all the same' },
  CalendarAuthorization: {
    returnUrl: STAFF,
    stateHash: SYSTEM,
    browserHash: 'of a key of the agent',
    verifier: SYSTEM,
    grant: STAFF,
  },
  CalendarBusy: { eventId: "of the agent's own events, without their texts" },
  CalendarChannel: { providerId: SYSTEM, resourceId: SYSTEM, secretHash: SYSTEM },
  CalendarCredential: { refreshToken: STAFF, accessToken: STAFF },
  CalendarConnection: {
    accountEmail: STAFF,
    subject: STAFF,
    stateReason: STAFF,
    scopes: STAFF,
    timeZone: STAFF,
  },
  CalendarEntry: {
    eventId: 'derived from the meeting',
    iCalUid: 'of the provider',
    version: 'of the provider',
  },
  CalendarMisconfiguration: { message: 'of the provider, about the registration' },
  Conversation: { target: 'ids of an agent or a team' },
  DeletedAttribute: { name: STAFF },
  Dialogue: { name: STAFF, description: STAFF, draft: STAFF },
  DialogueVersion: { definition: STAFF, hash: SYSTEM },
  DialogueCount: { occurrence: 'ids, and keys of cards' },
  DialogueSession: { pendingCard: 'a key of staff', preview: STAFF },
  Event: { streamId: SYSTEM, type: SYSTEM, payload: 'ids only' },
  EventStream: { id: SYSTEM },
  IdempotencyKey: { caller: 'an id', inputHash: 'deleted with its row' },
  Installation: { secretKey: SYSTEM, vapidPublicKey: SYSTEM, vapidPrivateKey: SYSTEM },
  PublishedKeys: { issuer: SYSTEM, keys: 'public keys of the provider' },
  InvitationTemplate: { subject: STAFF, body: STAFF },
  LiveChatAvailability: { timeZone: STAFF, weekly: STAFF, overrides: STAFF },
  Meeting: {
    timeZone: 'for reports: the zone of a meeting names nobody',
    bookedBy: 'an id',
    routedBy: 'the name of a team or an agent',
    invitationUid: 'derived from the meeting',
  },
  MeetingAvailability: { timeZone: STAFF, weekly: STAFF, overrides: STAFF },
  MeetingChange: { actor: 'the name of an agent, or a kind of actor' },
  Person: { sortName: 'computed of the others' },
  MeetingRequest: { target: 'ids of an agent or a team', timeZone: 'deleted with its row' },
  PushSubscription: { endpoint: STAFF, p256dh: STAFF, auth: STAFF, label: STAFF },
  Reservation: { holder: 'an id; holds end with the erasure', holderAddress: 'a keyed hash, of a hold' },
  Role: { name: STAFF, description: STAFF },
  RoutingDecision: { pool: 'the name of a team or an agent', steps: 'about agents' },
  Visitor: { tokenHash: 'of a random token, which is replaced' },
  SweepPlace: { rule: SYSTEM },
  Team: { name: STAFF },
  UsedProof: { nonce: SYSTEM },
  Workspace: {
    name: STAFF,
    timeZone: STAFF,
    publicKey: STAFF,
    allowedOrigins: STAFF,
    fallbackMessage: STAFF,
    chatFallbackMessage: STAFF,
    phoneCountry: STAFF,
    blockedEmailDomains: 'of staff: an address that was blocked stays blocked',
    identitySecret: SYSTEM,
  },
}
