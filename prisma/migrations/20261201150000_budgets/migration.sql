-- How much each caller, recipient and workspace has used of its budgets. Unlogged: a use costs no write to the log, and
-- a crash of the database gives everybody a whole budget.
CREATE UNLOGGED TABLE "Budget" (
    "key" TEXT NOT NULL,
    "wholeAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "Budget_pkey" PRIMARY KEY ("key")
) WITH (fillfactor = 50);

-- Budgets replace it.
DROP TABLE "QuotaCount";
DROP TYPE "QuotaKind";
