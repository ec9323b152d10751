"""The table of seeded faults: what is spoiled in a clean plan, and what the checker says of it, line and clause."""

from dutyroom.core.checks import examine
from dutyroom.wording.narrate import tell
from tests.core.checks.faults import FAULTS, Fault

_HEADING = """\
# 埋入的错误 / Seeded faults

> 本页由 `tests/core/checks/faults.py` 生成：`python -m docs.making`。 / Made from the table of the tests.

把一份没有问题的预案（`tests/core/checks/clean.yaml`）每次只改坏一处，检查必须说出它的编号、行号和条款，并且不把别的地方说成错误。
共 {count} 处，{named} 处说对。

A plan without a fault is spoiled in one place at a time. The checker must name the fault with its code, its line and
its clause, and must call nothing else an error. {count} faults, {named} named right.
"""
_HEAD = (
    "| 编号 / code | 条款 / clause | 行 / line | 改动 / change | 结果 / finding | |",
    "| --- | --- | --- | --- | --- | --- |",
)
_FAMILIES = {
    "reading": ("写法", "Reading"),
    "people": ("岗位与人", "People and posts"),
    "clocks": ("时限", "Clocks"),
    "flow": ("先后与出口", "Flow"),
    "conditions": ("条件", "Conditions"),
    "levels": ("级别", "Levels"),
    "targets": ("指向", "Names that lead nowhere"),
    "law": ("法定要求", "The law"),
    "completeness": ("完整与自相矛盾", "Completeness and contradictions"),
    "refused": ("不执行的要求", "What is not executed"),
}


def faults_page() -> str:
    """Every seeded fault with what was changed and what was said."""
    rows: dict[str, list[str]] = {family: [] for family in _FAMILIES}
    named = 0
    for fault in FAULTS:
        right, row = _row(fault)
        named += right
        rows[fault.family].append(row)
    parts = [_HEADING.format(count=len(FAULTS), named=named)]
    for family, (zh, en) in _FAMILIES.items():
        parts.append("\n".join([f"## {zh} / {en}\n", *_HEAD, *rows[family], ""]))
    return "\n".join(parts)


def _row(fault: Fault) -> tuple[bool, str]:
    findings = examine(fault.text.encode()).findings
    found = next((one for one in findings if one.code == fault.code), None)
    others = [one for one in findings if one.severity == "error" and one.code != fault.code]
    at = (found.place.split(":")[0], found.clause) if found else ("", "")
    right = not others and at == (str(fault.line), fault.clause)
    said = _cell(tell(found, "zh")) if found else ""
    change = f"{_code(fault.was)} → {_code(fault.now)}"
    cells = (f"`{fault.code}`", fault.clause, str(fault.line), change, said, "✓" if right else "✗")
    return right, "| " + " | ".join(cells) + " |"


def _code(text: str) -> str:
    """A piece of the plan in one line of a table, cut where it is long."""
    line = " ⏎ ".join(part.strip() for part in text.strip().split("\n")).replace("|", "¦").replace("`", "'")
    shown = line if len(line) <= 70 else f"{line[:67]}…"
    return f"`{shown}`" if shown else "—"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
