enum WorkCalendarStub {}
