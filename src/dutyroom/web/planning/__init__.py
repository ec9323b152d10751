"""The plan's pages beyond reading it: what happens if, editions and their differences, editing and approving."""
