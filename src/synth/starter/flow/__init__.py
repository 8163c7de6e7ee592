"""A search flow from files that hold its numbers: PRISMA's template, lists, Covidence, Rayyan."""
