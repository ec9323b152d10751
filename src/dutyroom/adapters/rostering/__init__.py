"""Rosters by mathematics: people x days x shifts in arrays, and the solvers that fill them.

Everything here needs numpy, HiGHS or CP-SAT, so it is imported where a roster is made and nowhere else.
"""
