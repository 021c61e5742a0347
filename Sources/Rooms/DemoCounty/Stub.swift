enum DemoCountyStub {}
