"""Reading and checking a plan in a warm process: the reference plan, and plans of 100 to 2,000 steps.

The baseline is PyYAML's own C loader turning the same text into plain lists and mappings: what any reader of the file
would need before it knew a single rule. `times_yaml` is how many such loads a whole check takes; when the growth from
100 to 2,000 steps is near linear, `ms_per_step` stays about the same.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from dutyroom.core.checks import examine

REFERENCE = Path(__file__).resolve().parents[1] / "plans/sanitation-project/plan.yaml"
SIZES = (100, 500, 1_000, 2_000)
TARGET_MS = 150


def run(small: bool) -> dict[str, Any]:
    """Milliseconds of read and check together, the middle of several runs."""
    text = REFERENCE.read_text(encoding="utf-8")
    reference = measured(text, 3 if small else 11)
    sizes = SIZES[:2] if small else SIZES
    grown = [measured(plan_of(size), 3) | {"steps": size} for size in sizes]
    for one in grown:
        one["ms_per_step"] = round(one["check_ms"] / one["steps"], 3)
    growth = grown[-1]["ms_per_step"] / grown[0]["ms_per_step"]
    return {
        "reference": reference,
        "reference_within_target": reference["check_ms"] < TARGET_MS,
        "grown": grown,
        "growth_of_ms_per_step": round(growth, 2),
        "findings": sum(one["findings"] for one in grown),
    }


def measured(text: str, times: int) -> dict[str, Any]:
    """The middle time of a check and of a bare load of the same text, turn by turn, so that both meet the same load."""
    data = text.encode()
    findings = len(examine(data).findings)
    checks, loads = [], []
    for _ in range(times):
        loads.append(_milliseconds(lambda: yaml.load(text, yaml.CSafeLoader)))
        checks.append(_milliseconds(lambda: examine(data)))
    check, load = statistics.median(checks), statistics.median(loads)
    return {
        "kilobytes": len(data) // 1024,
        "check_ms": round(check, 1),
        "yaml_ms": round(load, 1),
        "times_yaml": round(check / load, 2),
        "findings": findings,
    }


def plan_of(size: int) -> str:
    """The reference plan with so many steps more, each with clocks, a condition, a question and a clause of its own."""
    text = REFERENCE.read_text(encoding="utf-8")
    steps = "".join(_step(number) for number in range(size))
    clauses = "".join(
        f"  - {{id: X{number}, text: {{zh: 第 {number} 条。, en: Clause {number}.}}, chapter: '3.4'}}\n"
        for number in range(size)
    )
    head, _, rest = text.partition("# ---- closing: all of the conditions")
    assert rest
    return (
        f"{head}{steps.lstrip()}\n  # ---- closing{rest}{'' if rest.endswith(chr(10)) else chr(10)}{clauses}"
    )


def _step(number: int) -> str:
    after = f"[extra_{number - 1}]" if number % 10 else "[dispatch]"
    return f"""
  - id: extra_{number}
    title: {{zh: 处置第 {number} 项, en: Handle item {number}}}
    clauses: [X{number}]
    stream: control
    who: safety_officer
    phases: [response]
    after: {after}
    when: facts.affected >= {number % 7} && facts.kind != 'other'
    clocks: {{received: 立即, taken: {{default: 10 min}}, done: {{default: 2 h}}}}
    ladder: [quality_safety_supervisor, project_manager]
    asks:
      - {{id: result, label: {{zh: 结果, en: Result}}}}
"""


def _milliseconds(work: Callable[[], object]) -> float:
    """Time on the processor: the work is nothing else, and what others do on the machine is not counted."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1_000
