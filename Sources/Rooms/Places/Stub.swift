enum PlacesStub {}
