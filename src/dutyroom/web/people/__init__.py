"""The pages of people: who holds duty, lists taken in and given out, one's own data, the tree of sites."""
