enum CasesStub {}
