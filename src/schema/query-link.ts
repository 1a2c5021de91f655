// The way from what a mutation returns back to all queries.
import { AgentRef } from './agent.ts'
import { AttributeRef, DeletedAttributeRef } from './attribute.ts'
import { builder, QueryRef } from './builder.ts'
import { ConversationRef } from './conversation.ts'
import { DialogueRef } from './dialogue.ts'
import { DeletedDialogueRef } from './dialogue-mutations.ts'
import { DialogueSessionRef } from './dialogue-session.ts'
import { NoDialogueRef } from './dialogue-session-mutations.ts'
import { MeetingRef } from './meeting.ts'
import { PersonRef } from './person.ts'
import { PERSONAL } from './personal.ts'
import { ErasedPersonRef } from './privacy.ts'
import { RoutingQueueRef } from './routing.ts'
import { DeletedTeamRef, TeamRef } from './team.ts'
import { WorkspaceRef } from './workspace.ts'

/** The types that lists are of. What else a mutation returns leads to one of them, to its agent for example. */
const LINKED = [
  AgentRef,
  AttributeRef,
  ConversationRef,
  DeletedAttributeRef,
  DeletedDialogueRef,
  DeletedTeamRef,
  DialogueRef,
  DialogueSessionRef,
  NoDialogueRef,
  ErasedPersonRef,
  MeetingRef,
  PersonRef,
  RoutingQueueRef,
  TeamRef,
  WorkspaceRef,
]

for (const type of LINKED) {
  builder.objectField(type as typeof DeletedTeamRef, 'query', (t) =>
    t.field({
      type: QueryRef,
      extensions: PERSONAL,
      description:
        'Everything that can be read. Select it in the result of a mutation, with the lists that the mutation changes: it is read after the change, and a normalised cache (Apollo Client, graph cache) then shows them without another request.',
      resolve: () => ({}),
    }),
  )
}
