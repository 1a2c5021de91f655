-- By hand: only offers that take a seat are in the index, so it stays small however many chats there have been. Each new
-- offer was written to another page of the index of all offers. The state is in it for the load of all agents
DROP INDEX "ChatOffer_agentId_seat_key";
DROP INDEX "ChatOffer_seats";
CREATE UNIQUE INDEX "ChatOffer_seats" ON "ChatOffer" ("agentId", "seat") INCLUDE ("state") WHERE "seat" IS NOT NULL;
