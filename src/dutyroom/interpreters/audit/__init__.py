"""A record held against the edition it was made under: `audit(rules, events) -> Audit`.

The same `decide` and `settle` as live: the command behind every decision is asked again, and what follows is compared
with what is on record. It has no rule of its own, and judges obligations of posts, never persons.
"""

from dutyroom.interpreters.audit.auditing import audit, audited, replayed
from dutyroom.interpreters.audit.grouping import audit_group

__all__ = ["audit", "audit_group", "audited", "replayed"]
