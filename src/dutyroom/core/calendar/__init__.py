"""Which days are worked and which are not, and which periods of a plan are in force on them.

`days` holds the official notices as a calendar, `calendarfile` reads them from YAML, `official` brings the notices that
are part of the program, `periods` says what a plan's periods are at a moment. None of them knows what today is.
"""
