"""What the rows of a team's tables say; nothing is dropped, joined or guessed without a word."""
