enum MessagesStub {}
