-- The network that the visitor called from, hashed with the installation's key: its requests must not take all seats
ALTER TABLE "Conversation" ADD COLUMN "clientNetwork" TEXT;
