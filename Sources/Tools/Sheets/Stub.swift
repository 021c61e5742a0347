enum SheetsStub {}
