"""Start another team's review: its folder, its tables, and a page for every part of its codebook.

``intake`` reads what a team has (a coded table, references, a codebook), ``book_pages`` writes the
pages, ``project`` puts everything in place, whole or not at all.
"""
