"""What runs every day: handovers, roll calls, daily reports, rounds and other duties of the calendar.

A duty day is a case like an incident: the calendar opens it, the one engine runs its obligations. `steps` derives the
steps from a plan's posts and calendar, `occurring` says which fall on a day, `handing` who holds a post until the next
one has accepted it, `replies` reads an answer of a few characters, `localtime` turns local times into instants.
"""
