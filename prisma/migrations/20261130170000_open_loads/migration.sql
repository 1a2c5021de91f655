-- Written by hand: what was published of agents who were there, which is looked through twice a second. Most agents are
-- not there.
CREATE INDEX "AnnouncedLoad_open" ON "AnnouncedLoad" ("agentId")
  WHERE "signedIn" OR "hasPush" OR "activeChats" > 0 OR "pendingOffers" > 0;
