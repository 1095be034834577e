"""Text in, model out: the words that rules are written with. No I/O on this floor."""
