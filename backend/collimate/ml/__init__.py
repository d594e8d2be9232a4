"""Pure learning mathematics: arrays in, arrays out; no database, web or queue."""
