// The invariants of live chats as SQL. Each statement selects the ids of the rows that break it.
import type pg from 'pg'

/** Conversations that were open at or after $1, a time stamp. */
const RECENT = `SELECT * FROM "Conversation" WHERE "endedAt" IS NULL OR "endedAt" >= $1::timestamptz`
const PENDING = `SELECT count(*) FROM "ChatOffer" o WHERE o."conversationId" = c."id" AND o."state" = 'PENDING'`
/** The offer of a supervisor to itself. Nobody is asked, so it is neither published nor counted as a turn. */
const IS_TAKEN_OVER = `(o."transferredBy" IS NOT DISTINCT FROM o."agentId")`

/** True in any snapshot, for each of the conversations in `recent`. */
const ALWAYS_OF_A_CHAT: Record<string, string> = {
  'OFFERED means exactly one pending offer of the request': `
    SELECT c."id" FROM recent c
    WHERE (c."state" = 'OFFERED') <> ((${PENDING} AND o."transferredBy" IS NULL) = 1)`,
  'the offer of a transfer belongs to an active chat, which has at most one': `
    SELECT c."id" FROM recent c
    WHERE (${PENDING} AND o."transferredBy" IS NOT NULL) > (c."state" = 'ACTIVE')::int OR (${PENDING}) > 1`,
  'a request is offered or missed in the same transaction, unless it may wait': `
    SELECT c."id" FROM recent c JOIN "Workspace" w ON w."id" = c."workspaceId"
    WHERE c."state" = 'AUTOMATED' OR c."state" = 'REQUESTED' AND w."waitSeconds" = 0`,
  'ACTIVE means one owner, by an accepted offer with a seat': `
    SELECT c."id" FROM recent c
    WHERE (c."state" = 'ACTIVE') <> (c."endedAt" IS NULL AND (
      SELECT count(*) FILTER (WHERE o."agentId" = c."agentId") = 1 AND count(*) = 1 FROM "ChatOffer" o
      WHERE o."conversationId" = c."id" AND o."state" = 'ACCEPTED' AND o."seat" IS NOT NULL
    ))`,
  'a seat is held by a pending offer, or by the owner of an active chat': `
    SELECT o."id" FROM "ChatOffer" o JOIN recent c ON c."id" = o."conversationId"
    WHERE o."seat" IS NOT NULL AND (
      c."endedAt" IS NOT NULL OR o."state" NOT IN ('PENDING', 'ACCEPTED')
      OR o."state" = 'ACCEPTED' AND (c."state" <> 'ACTIVE' OR c."agentId" <> o."agentId")
    )`,
  'a request has no more offers than the workspace allows, and none twice to an agent': `
    SELECT o."conversationId" FROM "ChatOffer" o JOIN recent c ON c."id" = o."conversationId"
    JOIN "Workspace" w ON w."id" = o."workspaceId"
    WHERE o."transferredBy" IS NULL GROUP BY o."conversationId", w."maxOffersPerRequest"
    HAVING count(*) > w."maxOffersPerRequest" OR count(DISTINCT o."agentId") < count(*)`,
  'messages are numbered without gaps': `
    SELECT c."id" FROM recent c LEFT JOIN "Message" m ON m."conversationId" = c."id"
    GROUP BY c."id", c."messageCount"
    HAVING count(m."id") <> c."messageCount" OR coalesce(max(m."seq"), 0) <> c."messageCount"`,
  'events of a conversation are numbered without gaps': `
    SELECT c."id" FROM recent c LEFT JOIN "Event" e ON e."streamId" = 'conversation:' || c."id"
    GROUP BY c."id", c."eventCount"
    HAVING count(e."seq") <> c."eventCount" OR coalesce(max(e."seq"), 0) <> c."eventCount"
      OR min(e."seq") <> 1`,
  'a chat of an anonymous person belongs to the visitor of that person': `
    SELECT c."id" FROM recent c JOIN "Person" p ON p."id" = c."personId" JOIN "Visitor" v ON v."id" = c."visitorId"
    WHERE p."email" IS NULL AND v."personId" <> p."id"`,
}

/** True in any snapshot. */
const ALWAYS: Record<string, string> = {
  ...ALWAYS_OF_A_CHAT,
  'a chat that has ended has no seat': `
    SELECT o."id" FROM "ChatOffer" o JOIN "Conversation" c ON c."id" = o."conversationId"
    WHERE o."seat" IS NOT NULL AND c."endedAt" IS NOT NULL`,
  'an agent has no more seats than the workspace allows': `
    SELECT o."agentId" FROM "ChatOffer" o JOIN "Workspace" w ON w."id" = o."workspaceId"
    WHERE o."seat" IS NOT NULL GROUP BY o."agentId", w."chatsPerAgent"
    HAVING count(*) > w."chatsPerAgent" OR count(DISTINCT o."seat") < count(*)`,
  'who is verified has an e-mail': `
    SELECT v."id" FROM "Visitor" v JOIN "Person" p ON p."id" = v."personId" WHERE v."verified" AND p."email" IS NULL`,
  'the number of offers to an agent is counted correctly': `
    SELECT p."agentId" FROM "RoutingPlace" p WHERE p."kind" = 'LIVE_CHAT'
      AND p."offered" <> (SELECT count(*) FROM "ChatOffer" o WHERE o."agentId" = p."agentId" AND NOT ${IS_TAKEN_OVER})`,
}

/** Whether an agent `a` is one of those whom the visitor of a conversation `c` requested. */
const IS_REQUESTED = `(
  c."target" ? 'roundRobin' OR c."target"->>'agentId' = a."id"::text OR EXISTS (
    SELECT FROM "TeamMember" m WHERE m."agentId" = a."id" AND m."teamId"::text = c."target"->>'teamId'
  ))`

/** True once due work is done and no agent or visitor acts; $2 is the present instant. */
const ONCE_DEADLINES_ARE_MET: Record<string, string> = {
  'no offer is pending past its deadline': `
    SELECT "id" FROM "ChatOffer" WHERE "state" = 'PENDING' AND "expiresAt" <= $2::timestamptz`,
  'no request waits past its deadline': `
    SELECT "id" FROM "Conversation" WHERE "state" = 'REQUESTED' AND "waitUntil" <= $2::timestamptz`,
  'no request waits while an agent has room for it': `
    SELECT c."id" FROM "Conversation" c JOIN "Workspace" w ON w."id" = c."workspaceId"
    JOIN "Agent" a ON a."workspaceId" = c."workspaceId" AND a."removedAt" IS NULL AND ${IS_REQUESTED}
    JOIN "LiveChatAvailability" l ON l."agentId" = a."id" AND l."announcedAvailable"
    WHERE c."state" = 'REQUESTED'
      AND EXISTS (SELECT FROM "ConsoleLease" s WHERE s."agentId" = a."id" AND s."expiresAt" > $2::timestamptz)
      AND (SELECT count(*) FROM "ChatOffer" o WHERE o."agentId" = a."id" AND o."seat" IS NOT NULL) < w."chatsPerAgent"
      AND NOT EXISTS (
        SELECT FROM "ChatOffer" o
        WHERE o."conversationId" = c."id" AND o."agentId" = a."id" AND o."transferredBy" IS NULL
      )`,
  'who waits was told the place in the queue': `
    SELECT "id" FROM (
      SELECT "id", "waitPlace", row_number() OVER (PARTITION BY "target" ORDER BY "requestedAt", "id") AS "place"
      FROM "Conversation" WHERE "state" = 'REQUESTED'
    ) queue WHERE "waitPlace" <> "place"`,
  'a removed agent has no offers, and only chats that are offered to others': `
    SELECT o."id" FROM "ChatOffer" o JOIN "Agent" a ON a."id" = o."agentId"
    WHERE o."seat" IS NOT NULL AND a."removedAt" IS NOT NULL AND (o."state" = 'PENDING' OR NOT EXISTS (
      SELECT FROM "ChatOffer" other WHERE other."conversationId" = o."conversationId" AND other."state" = 'PENDING'
    ))`,
  'no chat is active past its idle time-out': `
    SELECT c."id" FROM recent c JOIN "Workspace" w ON w."id" = c."workspaceId"
    WHERE c."state" = 'ACTIVE'
      AND c."lastActiveAt" <= $2::timestamptz - w."idleTimeoutMinutes" * interval '1 minute'`,
}

/** True of the complete history. */
const IN_THE_END: Record<string, string> = {
  'events of every stream are numbered without gaps': `
    SELECT s."id" FROM "EventStream" s LEFT JOIN "Event" e ON e."streamId" = s."id"
    GROUP BY s."id" HAVING count(e) <> s."head" OR min(e."seq") <> 1 OR max(e."seq") <> s."head"`,
  'an anonymous person without a visitor is deleted': `
    SELECT p."id" FROM "Person" p
    WHERE p."email" IS NULL AND NOT EXISTS (SELECT FROM "Visitor" v WHERE v."personId" = p."id")`,
  'every message was published once': `
    SELECT m."id" FROM "Message" m LEFT JOIN "Event" e
      ON e."streamId" = 'conversation:' || m."conversationId" AND e."payload"->>'messageId' = m."id"::text
    GROUP BY m."id" HAVING count(e) <> 1`,
  'every offer was published to its agent once, and so was its end': `
    SELECT o."id" FROM "ChatOffer" o LEFT JOIN "Event" e
      ON e."streamId" = 'agent:' || o."agentId" AND e."payload"->>'offerId' = o."id"::text
    WHERE NOT ${IS_TAKEN_OVER} GROUP BY o."id"
    HAVING count(e) FILTER (WHERE e."type" = 'ChatOffered') <> 1
      OR count(e) FILTER (WHERE e."type" = 'ChatOfferSettled') <> (o."state" <> 'PENDING')::int`,
}

export interface Breach {
  rule: string
  id: string
}

/** @param at.since conversations that ended before are ignored
 * @returns breaches of the rules that hold at any moment */
export const findBreaches = (sql: pg.Client, at: { since: Date; now: Date }): Promise<Breach[]> =>
  find(sql, ALWAYS, at)

/** @returns breaches of the rules that hold once due work is done */
export const findOverdue = (sql: pg.Client, at: { since: Date; now: Date }): Promise<Breach[]> =>
  find(sql, ONCE_DEADLINES_ARE_MET, at)

/** @returns breaches of all rules in the complete history */
export const findAllBreaches = (sql: pg.Client, now: Date): Promise<Breach[]> =>
  find(sql, { ...ALWAYS, ...ONCE_DEADLINES_ARE_MET, ...IN_THE_END }, { since: new Date(0), now })

/** Installs triggers that check each transaction at its commit. A transaction that changes a conversation and breaks a rule
 * fails with the name of the rule. Only changed conversations are checked, which is fast enough for every commit. */
export async function checkEveryCommit(sql: pg.Client): Promise<void> {
  await sql.query(`
    CREATE FUNCTION check_chat() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      chat uuid := CASE TG_TABLE_NAME WHEN 'Conversation' THEN to_jsonb(NEW)->>'id' ELSE to_jsonb(NEW)->>'conversationId' END;
      breach text;
    BEGIN
      -- Once for all the changes of a transaction.
      IF current_setting('test.checked', true) = chat::text THEN RETURN NULL; END IF;
      PERFORM set_config('test.checked', chat::text, true);
      WITH recent AS (SELECT * FROM "Conversation" WHERE "id" = chat)
      SELECT "rule" INTO breach FROM (${combine(ALWAYS_OF_A_CHAT)}) broken LIMIT 1;
      IF breach IS NOT NULL THEN RAISE EXCEPTION 'Broken for %: %', chat, breach; END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER check_chat AFTER INSERT OR UPDATE ON "Conversation"
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_chat();
    CREATE CONSTRAINT TRIGGER check_chat AFTER INSERT OR UPDATE ON "ChatOffer"
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_chat();`)
}

/** In one statement, so that all rules are checked in the same snapshot. */
async function find(
  sql: pg.Client,
  rules: Record<string, string>,
  { since, now }: { since: Date; now: Date },
): Promise<Breach[]> {
  const { rows } = await sql.query<Breach>(
    `WITH recent AS (${RECENT}), now AS (SELECT $2::timestamptz) ${combine(rules)}`,
    [since, now],
  )
  return rows
}

const combine = (rules: Record<string, string>): string =>
  Object.entries(rules)
    .map(
      ([rule, statement]) => `SELECT '${rule}' AS "rule", broken.*::text AS "id" FROM (${statement}) broken`,
    )
    .join(' UNION ALL ')
