-- CreateTable
CREATE TABLE "CalendarMisconfiguration" (
    "provider" "CalendarProvider" NOT NULL,
    "message" TEXT NOT NULL,
    "toldAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "CalendarMisconfiguration_pkey" PRIMARY KEY ("provider","message")
);
