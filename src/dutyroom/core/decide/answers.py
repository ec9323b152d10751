"""Whether what a person filled in fits what the step asks: every fault at once, each as `field:<id>:<fault>`."""

from collections.abc import Mapping

from dutyroom.core.commands import Answer
from dutyroom.core.counts import read_count
from dutyroom.core.grading import read_warning
from dutyroom.core.plan import Field, FieldType, Plan, Step

NOTHING_NEW = "nothing_new"
LONGEST_TEXT = 4_000
LATEST_INSTANT = 253_402_300_799_000  # the end of the year 9999, the last that ISO 8601 writes in four digits


def faults(plan: Plan, step: Step, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """The faults of the answers, in the order of the step's fields; unknown fields last. Empty: they fit."""
    known = {field.id for field in step.asks}
    if step.repeat is not None and step.repeat.nothing_new:
        known.add(NOTHING_NEW)
    found = [f"field:{field.id}:{fault}" for field in step.asks if (fault := _fault(plan, field, answers))]
    if (
        NOTHING_NEW in known and answers.get(NOTHING_NEW) is True
    ):  # it is a report too, and asks for nothing else
        found = [fault for fault in found if not fault.endswith(":missing")]
    return (*found, *(f"field:{name}:unknown" for name in sorted(answers) if name not in known))


def _fault(plan: Plan, field: Field, answers: Mapping[str, Answer]) -> str:
    value = answers.get(field.id)
    if value is None or value == "":
        return "missing" if field.required else ""
    return "" if _fits(plan, field, value) else "wrong"


def _fits(plan: Plan, field: Field, value: Answer) -> bool:
    match field.type:
        case FieldType.TEXT:
            return isinstance(value, str) and len(value) <= LONGEST_TEXT
        case FieldType.COUNT:
            return _is_count(value)
        case FieldType.TIME:
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LATEST_INSTANT
        case FieldType.BOOL:
            return isinstance(value, bool)
        case FieldType.CHOICE:
            return value in field.options
        case FieldType.ROLE:
            return value in plan.roles
        case FieldType.LEVEL:
            return value in plan.rank
        case FieldType.KIND:
            return value in plan.kinds
        case FieldType.WARNING:
            return read_warning(plan, value) is not None


def _is_count(value: Answer) -> bool:
    """An int, or a text that says it is not exact."""
    count = read_count(value)
    return count is not None and (isinstance(value, int) or not count.exact)
