enum DeskStub {}
