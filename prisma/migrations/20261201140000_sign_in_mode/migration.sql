-- Whether the installation ever had an identity provider. An installation whose agents have signed in with one had it
ALTER TABLE "Installation" ADD COLUMN "providerSince" TIMESTAMPTZ(3);
UPDATE "Installation" SET "providerSince" = now()
WHERE EXISTS (SELECT FROM "Agent" WHERE "oidcSubject" IS NOT NULL);
