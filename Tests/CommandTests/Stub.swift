/// Holds the place until the room is built.
