/// Holds the place until the tool is built.
