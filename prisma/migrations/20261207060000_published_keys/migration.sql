-- CreateTable
CREATE TABLE "PublishedKeys" (
    "issuer" TEXT NOT NULL,
    "keys" JSONB NOT NULL,
    "readAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "PublishedKeys_pkey" PRIMARY KEY ("issuer")
);
