"""The roster of a site: its calendar, its making, changes of turns, calendar feeds."""
