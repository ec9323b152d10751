"""The page on which a written plan becomes a draft: paper and rules side by side, accepted one by one."""
