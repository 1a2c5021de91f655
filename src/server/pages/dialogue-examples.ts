// Dialogues among the examples: a new visitor walks through one to a meeting and through the next one to an agent, and
// staff looks at what came of it. Each result has a name of its own, so that an example that is run again does not confuse
// those after it.
import type { Example } from './example.ts'

interface Around {
  /** A page of the demo, as the browser has it. */
  pageUrl: string
  timeZone: string
  /** In which to look for slots. */
  weeks: { from: string; to: string }
  now: Date
}

const SESSION = `... on DialogueSession {
      id
      step
      transcript { author text }
      pending { key kind text options { key label } }
    }`
const ERRORS = `... on StepTakenError { session { step } }
    ... on Error { message }`

export function createDialogueExamples(around: Around): Example[] {
  return [
    ...examplesToBegin(around),
    ...examplesOfAnswers(),
    ...examplesOfBooking(around),
    ...examplesOfChat(around),
    ...examplesOfStaff(around),
  ]
}

function examplesToBegin({ pageUrl }: Around): Example[] {
  return [
    {
      name: 'Another visitor',
      as: 'ANYBODY',
      description: 'A visitor whom nobody knows, for the examples of dialogues that follow.',
      query: `mutation StartAnotherVisit($input: StartVisitInput!) {
  startVisit(input: $input) {
    ... on Visit { token person { known } }
    ... on Error { message }
  }
}`,
      variables: { input: { publicKey: 'answer:workspace.publicKey', pageUrl } },
    },
    {
      name: 'Which dialogue?',
      as: 'VISITOR',
      description:
        'What a website calls with each page view. The answer has what the dialogue said so far, and the card that waits for the visitor: here a question.',
      query: `mutation WhichDialogue($input: ResolveDialogueInput!) {
  dialogue: resolveDialogue(input: $input) {
    ${SESSION}
    ... on NoDialogue { because }
    ... on Error { message }
  }
}`,
      variables: { input: { pageUrl } },
    },
  ]
}

const ANSWER = (name: string, root: string, select = SESSION) => `mutation ${name}($input: AnswerCardInput!) {
  ${root}: answerCard(input: $input) {
    ${select}
    ${ERRORS}
  }
}`

function examplesOfAnswers(): Example[] {
  return [
    {
      name: 'Answer the question',
      as: 'VISITOR',
      description:
        'The visitor presses a button. An answer names the step that it is for, and has a key that makes a retry harmless.',
      query: ANSWER('AnswerQuestion', 'answered'),
      variables: {
        input: {
          sessionId: 'answer:dialogue.id',
          step: 'answer:dialogue.step',
          cardKey: 'interest',
          answerKey: 'prices',
          clientKey: 'the interest',
        },
      },
    },
    {
      name: 'Give an e-mail address',
      as: 'VISITOR',
      description: 'The visitor types an answer. From now on the visitor is known.',
      query: ANSWER('GiveEmail', 'typed'),
      variables: {
        input: {
          sessionId: 'answer:answered.id',
          step: 'answer:answered.step',
          cardKey: 'email',
          text: 'ada@example.com',
          clientKey: 'the address',
        },
      },
    },
  ]
}

function examplesOfBooking({ timeZone, weeks }: Around): Example[] {
  return [
    {
      name: 'Times for the meeting',
      as: 'VISITOR',
      description: 'The card that waits offers a meeting, with all agents in turn: these are the free slots.',
      query: `query TimesForMeeting($from: DateTime!, $to: DateTime!, $timeZone: TimeZone!) {
  times: slots(target: { roundRobin: true }, from: $from, to: $to, timeZone: $timeZone) {
    days { date slots { startsAt agentCount } }
  }
}`,
      variables: { ...weeks, timeZone },
    },
    {
      name: 'Book in the dialogue',
      as: 'VISITOR',
      description: 'The meeting is the answer to the card. The dialogue then ends.',
      query: ANSWER(
        'BookInDialogue',
        'booked',
        `... on DialogueSession {
      id
      completed
      transcript { author text meeting { id startsAt agent { name } } }
    }
    ... on SlotUnavailableError { alternatives { startsAt } }`,
      ),
      variables: {
        input: {
          sessionId: 'answer:typed.id',
          step: 'answer:typed.step',
          cardKey: 'answer:typed.pending.0.key',
          meeting: { startsAt: 'answer:times.days.0.slots.0.startsAt', timeZone },
          clientKey: 'the meeting',
        },
      },
    },
  ]
}

function examplesOfChat({ pageUrl }: Around): Example[] {
  return [
    {
      name: 'The next dialogue',
      as: 'VISITOR',
      description:
        'The first dialogue does not come again. There is another one for visitors who are known: the website shows it after the time that startAfter says.',
      query: `mutation NextDialogue($input: ResolveDialogueInput!) {
  next: resolveDialogue(input: $input) {
    ${SESSION}
    ... on DialogueSession { startAfter { timeOnPageSeconds } }
    ... on NoDialogue { because }
    ... on Error { message }
  }
}`,
      variables: { input: { pageUrl } },
    },
    {
      name: 'Ask for an agent',
      as: 'VISITOR',
      description:
        'Says that the time is over, and answers. The dialogue becomes a live chat if an agent is available, which is so while the tab AgentConsole of GraphiQL runs in a window of its own; otherwise it offers a meeting.',
      query: `mutation AskForAgent($trigger: NoteTriggerInput!, $input: AnswerCardInput!) {
  noteTrigger(input: $trigger) {
    ... on DialogueSession { id startAfter { timeOnPageSeconds } }
    ... on Error { message }
  }
  asked: answerCard(input: $input) {
    ${SESSION}
    ... on DialogueSession { conversation { id state } }
    ${ERRORS}
  }
}`,
      variables: {
        trigger: { sessionId: 'answer:next.id' },
        input: {
          sessionId: 'answer:next.id',
          step: 'answer:next.step',
          cardKey: 'wish',
          answerKey: 'agent',
          clientKey: 'the wish',
        },
      },
    },
  ]
}

const LAST_DAYS = 30
const dayOf = (now: Date, daysBefore = 0) =>
  new Date(now.getTime() - daysBefore * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)

function examplesOfStaff({ timeZone, now }: Around): Example[] {
  const days = { from: dayOf(now, LAST_DAYS), to: dayOf(now), timeZone }
  return [
    {
      name: 'Dialogues',
      as: 'STAFF',
      description: 'The dialogues, and what keeps each from being published.',
      query: `query Dialogues {
  dialogues(first: 10) {
    nodes {
      id
      name
      kind
      state
      problems { cardKey message }
    }
  }
}`,
      variables: {},
    },
    {
      name: 'Report',
      as: 'STAFF',
      description: 'What happened in dialogues, meetings and live chats of these days.',
      query: `query Report($from: Date!, $to: Date!, $timeZone: TimeZone!) {
  reports(from: $from, to: $to, timeZone: $timeZone) {
    dialogues { triggered engaged engagementRate peopleAcquired }
    meetings { booked cancelled byAgent { agent { name } count } }
    liveChat { requested connected missed averageResponseSeconds }
  }
}`,
      variables: days,
    },
    {
      name: 'Attributes',
      as: 'STAFF',
      description: 'What is known of people and companies, and which dialogues and invitations use it.',
      query: `query Attributes {
  attributes { id entity name label type values usedBy { kind name } }
}`,
      variables: {},
    },
  ]
}
