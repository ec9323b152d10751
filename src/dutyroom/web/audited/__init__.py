"""The pages that hold a record against its plan: one case, and many cases of one plan."""
