// The two built-in roles of a workspace.
import type { Permission } from './viewer.ts'

export interface BuiltInRole {
  name: string
  description: string
  permissions: Permission[]
}

export const ADMINISTRATOR_ROLE: BuiltInRole = {
  name: 'Administrator',
  description: 'Can do everything in the workspace.',
  permissions: [
    'VIEW_DIALOGUES',
    'MANAGE_DIALOGUES',
    'PUBLISH_DIALOGUES',
    'VIEW_MY_CONVERSATIONS',
    'VIEW_ALL_CONVERSATIONS',
    'MANAGE_ALL_CONVERSATIONS',
    'MANAGE_MY_MEETINGS',
    'MANAGE_ALL_MEETINGS',
    'VIEW_REPORTS',
    'EXPORT_REPORTS',
    'MANAGE_LIVE_CHAT_AVAILABILITY',
    'CONNECT_CALENDAR',
    'MANAGE_MEETING_AVAILABILITY',
    'VIEW_ROUTING',
    'MANAGE_ROUTING',
    'MANAGE_CONFIGURATION',
    'MANAGE_PRIVACY_AND_SECURITY',
    'MANAGE_INTEGRATIONS',
    'MANAGE_AGENTS',
    'MANAGE_API_KEYS',
  ],
}

export const AGENT_ROLE: BuiltInRole = {
  name: 'Agent',
  description: "Takes meetings and live chats, and manages the agent's own settings.",
  permissions: [
    'VIEW_DIALOGUES',
    'VIEW_MY_CONVERSATIONS',
    'MANAGE_MY_MEETINGS',
    'MANAGE_LIVE_CHAT_AVAILABILITY',
    'CONNECT_CALENDAR',
    'MANAGE_MEETING_AVAILABILITY',
    'VIEW_ROUTING',
  ],
}

export const BUILT_IN_ROLES: BuiltInRole[] = [ADMINISTRATOR_ROLE, AGENT_ROLE]
