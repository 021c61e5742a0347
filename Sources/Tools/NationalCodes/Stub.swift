enum NationalCodesStub {}
