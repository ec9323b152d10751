"""The pages that say whether somebody is always reachable, and what to do where nobody is."""
