"""The organisation as a drawing: the head, the desk above, groups with leader, deputy and members, posts in no group.

Rows of boxes under one trunk, four to a row, so that it stays readable however many posts there are. Refuses to know
who holds a post.
"""

from collections import Counter

from dutyroom.adapters.documents.plan.drawing import Box, Drawing, Line, Path, text_height, wrapped
from dutyroom.adapters.documents.plan.words import Wording
from dutyroom.core.plan import Group, Plan

WIDTH = 168.0
_ROW, _GAP, _MARGIN = 4, 4.0, 6.0
_BOX = (WIDTH - 1 - _MARGIN - _GAP * (_ROW - 1)) / _ROW


def organisation(words: Wording) -> Drawing:
    """The chart of the plan's posts and groups."""
    head, desk = head_of(words.plan), words.plan.defaults.last_rung
    parts: list[Box | Path] = []
    y = 2.0
    centre = _MARGIN + (WIDTH - 1 - _MARGIN) / 2
    if desk in words.plan.roles and desk != head:
        box = _top(words, desk, centre, y, "soft")
        parts += [box, Path(((centre, box.y + box.height + 8), (centre, box.y + box.height)), dashed=True)]
        y = box.y + box.height + 8
    box = _top(words, head, centre, y, "head")
    parts.append(box)
    y = box.y + box.height
    boxes = [*_groups(words), *_single(words, head, desk)]
    parts += _rows(boxes, centre, y)
    bottom = max((part.y + part.height for part in parts if isinstance(part, Box)), default=y)
    return Drawing(WIDTH, bottom + 2, tuple(parts))


def head_of(plan: Plan) -> str:
    """The post that commands: who approves the plan, else who is owed most in steps."""
    if plan.approved_by in plan.roles:
        return plan.approved_by
    owed = Counter(step.who[0] for step in plan.steps if step.who and step.who[0] in plan.roles)
    return owed.most_common(1)[0][0] if owed else next(iter(plan.roles), "")


def _top(words: Wording, role: str, centre: float, y: float, look: str) -> Box:
    lines = _role(words, role, 66, 3.0)
    height = text_height(lines) + 3
    return Box(centre - 35, y, 70, height, lines, look, centred=True)


def _role(words: Wording, role: str, width: float, size: float) -> tuple[Line, ...]:
    """A post's name, and its deputies in their order."""
    lines = wrapped(words.role(role), width, size, bold=True)
    known = words.plan.roles.get(role)
    if known and known.deputies:
        deputies = words.say("deputies", who=" → ".join(words.role(one) for one in known.deputies))
        lines += wrapped(deputies, width, 2.5, grey=True)
    return lines


def _groups(words: Wording) -> list[tuple[tuple[Line, ...], str]]:
    return [(_group(words, group), "plain") for group in words.plan.groups.values()]


def _group(words: Wording, group: Group) -> tuple[Line, ...]:
    width = _BOX - 3
    lines = wrapped(words.role(group.id), width, 2.9, bold=True)
    if group.leader:
        lines += wrapped(words.say("leader", who=words.role(group.leader)), width, 2.6)
    if group.deputy:
        lines += wrapped(words.say("deputy", who=words.role(group.deputy)), width, 2.6)
    members = [one for one in group.members if one not in (group.leader, group.deputy)]
    if members:
        lines += wrapped(words.say("members", who=words.roles(members)), width, 2.6)
    return lines


def _single(words: Wording, head: str, desk: str) -> list[tuple[tuple[Line, ...], str]]:
    """Posts that stand in no group."""
    grouped = {
        name for group in words.plan.groups.values() for name in (*group.members, group.leader, group.deputy)
    }
    left = [role for role in words.plan.roles if role not in grouped and role not in (head, desk)]
    return [(_role(words, role, _BOX - 3, 2.8), "plain") for role in left]


def _rows(boxes: list[tuple[tuple[Line, ...], str]], centre: float, y: float) -> list[Box | Path]:
    """The boxes in rows; the trunk reaches the later rows along the left edge."""
    parts: list[Box | Path] = []
    before = last_bus = y
    for start in range(0, len(boxes), _ROW):
        row = boxes[start : start + _ROW]
        bus, top = before + 5, before + 9
        height = max(text_height(lines) for lines, _ in row) + 4
        left = centre - (len(row) * _BOX + (len(row) - 1) * _GAP) / 2
        middles = [left + place * (_BOX + _GAP) + _BOX / 2 for place in range(len(row))]
        if start == 0:
            parts.append(Path(((centre, before), (centre, bus)), arrow=False))
        ends = (
            min(2.0, middles[0]) if len(boxes) > _ROW else min(centre, middles[0]),
            max(centre, middles[-1]),
        )
        parts.append(Path(((ends[0], bus), (ends[1] if start == 0 else middles[-1], bus)), arrow=False))
        for middle, (lines, look) in zip(middles, row, strict=True):
            parts.append(Path(((middle, bus), (middle, top)), arrow=False))
            parts.append(Box(middle - _BOX / 2, top, _BOX, height, lines, look))
        if start:
            parts.append(Path(((2.0, last_bus), (2.0, bus)), arrow=False))
        last_bus, before = bus, top + height
    return parts
