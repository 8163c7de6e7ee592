"""A work: its names, how it is cited and listed, its formats in and out."""
