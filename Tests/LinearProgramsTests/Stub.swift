// Stands until the tool has its first test.
