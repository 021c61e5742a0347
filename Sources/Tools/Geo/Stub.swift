// Stands until the tool has its first file.
