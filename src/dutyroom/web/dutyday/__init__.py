"""The pages of the duty day: daily reports, roll calls, handovers, the office's summary, rounds and their issues."""
