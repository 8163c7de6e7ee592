"""Files of authors as tables: what kind a file is, and one reader for each kind."""
