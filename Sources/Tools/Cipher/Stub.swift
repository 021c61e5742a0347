enum CipherStub {}
