// How visitors find an agent or a team: by its slug, and on the website if it is publicly bookable.
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { TeamRef } from './team.ts'
import { PUBLICLY_BOOKABLE, SLUG, STAFF_ONLY } from './texts.ts'

builder.prismaObjectFields(AgentRef, (t) => ({
  slug: t.string({
    nullable: true,
    description: `${SLUG} Made from the name at first; null once the agent is removed. ${STAFF_ONLY}`,
    authScopes: { staff: true },
    select: { bookable: { select: { slug: true } } },
    resolve: ({ bookable }) => bookable?.slug ?? null,
  }),
  publiclyBookable: t.boolean({
    description: `${PUBLICLY_BOOKABLE} ${STAFF_ONLY}`,
    authScopes: { staff: true },
    select: { bookable: { select: { publiclyBookable: true } } },
    resolve: ({ bookable }) => bookable?.publiclyBookable ?? false,
  }),
}))

builder.prismaObjectFields(TeamRef, (t) => ({
  slug: t.string({
    description: `${SLUG} Made from the name at first.`,
    select: { bookable: { select: { slug: true } } },
    resolve: ({ bookable }) => {
      if (bookable === null) throw new Error('The team has no slug.')
      return bookable.slug
    },
  }),
  publiclyBookable: t.boolean({
    description: PUBLICLY_BOOKABLE,
    select: { bookable: { select: { publiclyBookable: true } } },
    resolve: ({ bookable }) => bookable?.publiclyBookable ?? false,
  }),
}))
