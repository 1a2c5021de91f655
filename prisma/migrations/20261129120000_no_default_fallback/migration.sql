-- The program always writes the message, and has the present wording of its default.
ALTER TABLE "Workspace" ALTER COLUMN "chatFallbackMessage" DROP DEFAULT;
