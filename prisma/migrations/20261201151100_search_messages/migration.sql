CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- For the search in conversations.
CREATE INDEX "Message_text" ON "Message" USING gin ("text" gin_trgm_ops);
