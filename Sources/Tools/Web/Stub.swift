enum WebStub {}
