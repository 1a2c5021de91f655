// What the website's own pages need of the workspace: the name, whether somebody is there for a chat, and who can be booked.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { isAnybodyOnline } from '../services/chat/offers/is-anybody-online.ts'
import { requireSignedIn } from '../services/identity/viewer.ts'
import { type ListedBookable, listBookables, MAX_LISTED } from '../services/routing/list-bookables.ts'
import { EVERYBODY } from '../services/routing/slug-rules.ts'
import { batched } from './batch.ts'
import { builder } from './builder.ts'
import { FallbackRef } from './shared.ts'
import { ANY_TOKEN, LINK_IS_TOKEN } from './texts.ts'

/** The cost counts this number of bookables. */
const TYPICAL_BOOKABLES = 20

/** `anybodyOnline` looks at several agents. */
export const ANYBODY_ONLINE_COST = 20

const SITE = 'site'
const loadAnybodyOnline = batched(async (context) => new Map([[SITE, await isAnybodyOnline(context)]]))

const BookableKindRef = builder.enumType('BookableKind', {
  description: 'Whose slots a bookable offers.',
  values: {
    AGENT: { description: 'Those of one agent.' },
    TEAM: { description: 'Those of the agents of a team, in turn.' },
    EVERYBODY: { description: 'Those of all agents, in turn.' },
  },
})

const kindOf = ({ agentId, teamId }: ListedBookable) =>
  agentId === null ? (teamId === null ? 'EVERYBODY' : 'TEAM') : 'AGENT'

const BookableRef = builder.objectRef<ListedBookable>('Bookable').implement({
  description: `Something to book on the website: an agent, a team, or all agents. As the target of \`slots\`, \`holdSlot\` and \`bookMeeting\`, give its slug; or \`agentId\`, \`teamId\` or \`roundRobin\`, by its kind.`,
  fields: (t) => ({
    slug: t.exposeString('slug', {
      description: `The readable name for the address of a page, unique in the workspace, for example \`ada-lovelace\`; \`${EVERYBODY}\` for all agents.`,
    }),
    kind: t.field({ type: BookableKindRef, description: 'Whose slots it offers.', resolve: kindOf }),
    agentId: t.id({
      nullable: true,
      description: 'The global id of the agent; null unless `kind` is `AGENT`.',
      resolve: ({ agentId }) => agentId && encodeGlobalID('Agent', agentId),
    }),
    teamId: t.id({
      nullable: true,
      description: 'The global id of the team; null unless `kind` is `TEAM`.',
      resolve: ({ teamId }) => teamId && encodeGlobalID('Team', teamId),
    }),
    name: t.exposeString('name', {
      description: 'The name of the agent or of the team; that of the workspace for all agents.',
    }),
    pictureUrl: t.expose('pictureUrl', {
      type: 'URL',
      nullable: true,
      description: 'The address of a picture of the agent; null if there is none.',
    }),
    durations: t.exposeIntList('durations', {
      description:
        'The lengths of the meetings in minutes, shortest first: several if the agents’ lengths differ. Empty while no agent has a connected calendar.',
    }),
  }),
})

const SiteRef = builder.prismaObject('Workspace', {
  variant: 'Site',
  description: "What a page of the company's website shows before its visitor has done anything.",
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the company, for example `Acme`.' }),
    chatEnabled: t.exposeBoolean('chatEnabled', { description: 'Whether visitors can request a live chat.' }),
    anybodyOnline: t.boolean({
      description: `Whether an agent is there for a live chat: available by the hours or the toggle, not paused, and signed in or registered for notifications. It may be that they all have as many chats as they can; \`requestLiveChat\` then waits or answers with a fallback. It costs as much as ${ANYBODY_ONLINE_COST} fields.`,
      complexity: ANYBODY_ONLINE_COST,
      resolve: (_workspace, _arguments, context) => loadAnybodyOnline(context, SITE),
    }),
    meetingFallback: t.field({
      type: FallbackRef,
      description: 'What to show when no agent takes meetings.',
      select: { fallbackMessage: true, fallbackOfferMeeting: true },
      resolve: ({ fallbackMessage: message, fallbackOfferMeeting: offerMeeting }) => ({
        message,
        offerMeeting,
      }),
    }),
    bookable: t.field({
      type: [BookableRef],
      description: `What visitors can book: all agents in turn, then the teams and the agents that are publicly bookable, each by name, at most ${MAX_LISTED} together. Those beyond can be booked by their slug. Whether there are free times is what \`slots\` answers.`,
      complexity: { field: 1, multiplier: TYPICAL_BOOKABLES },
      resolve: (_workspace, _arguments, context) => listBookables(context),
    }),
  }),
})

builder.queryField('site', (t) =>
  t.prismaField({
    type: SiteRef,
    description: `What a page of the website needs first. It names nobody who is not publicly bookable. ${ANY_TOKEN} ${LINK_IS_TOKEN}`,
    resolve: (query, _root, _arguments, { viewer, database }) =>
      database.workspace.findUniqueOrThrow({
        ...query,
        where: { id: requireSignedIn(viewer).workspaceId },
      }),
  }),
)
