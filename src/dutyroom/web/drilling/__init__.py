"""The drills of a site: begun from the plan's pages, watched on the board, reported and signed."""
