"""Which column of a team's table is what: named by the team, else seen by headings and cells."""
