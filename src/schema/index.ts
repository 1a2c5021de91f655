// The executable schema: importing a noun's file adds it.
import './scalars.ts'
import './errors.ts'
import './agent.ts'
import './availability.ts'
import './calendar.ts'
import './event.ts'
import './live-chat-status.ts'
import './meeting.ts'
import './meeting-mutations.ts'
import './person.ts'
import './role.ts'
import './routing.ts'
import './slot.ts'
import './team.ts'
import './workspace.ts'
import { builder } from './builder.ts'

export const schema = builder.toSchema()
