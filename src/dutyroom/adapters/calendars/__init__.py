"""Rosters as calendars of telephones and desks (iCalendar, RFC 5545)."""
