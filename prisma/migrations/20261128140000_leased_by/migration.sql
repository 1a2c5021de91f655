-- The node that works on the calendar.
ALTER TABLE "CalendarConnection" ADD COLUMN     "leasedBy" UUID;
