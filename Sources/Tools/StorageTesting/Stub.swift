enum StorageTestingStub {}
