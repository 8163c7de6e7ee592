"""Records and a selection, drawn."""
