"""Rosters for duty posts: the problem as values, what breaks a rule, what a change does. Solvers stand at a port."""
