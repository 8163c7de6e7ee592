"""Files to records, every problem at once."""
