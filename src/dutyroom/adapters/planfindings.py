"""Findings on a plan as a person, a program or an editor reads them: `examined(path) -> PlanFindings`.

Text, JSON, and SARIF 2.1.0 (OASIS). Also counts what became of each clause. Knows files; judges nothing itself.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dutyroom.adapters import planfolder
from dutyroom.core.checks import examine
from dutyroom.core.findings import Finding
from dutyroom.core.plan import RUNS_AS, Plan
from dutyroom.wording import say
from dutyroom.wording.narrate import tell

_LEVELS = {"error": "error", "warning": "warning", "note": "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class PlanFindings:
    """A plan that was read and checked. Places may begin with the file (`roster.yaml:3:1`)."""

    path: Path
    text: str
    plan: Plan | None
    findings: tuple[Finding, ...]

    def as_text(self, lang: str) -> str:
        """One line a finding, then the counts."""
        lines = [
            f"{self._where(one)} {say(f'severity.{one.severity}', lang)} {one.code} {tell(one, lang)}"
            for one in self.findings
        ]
        if self.plan is not None:
            counts = Counter(clause.runs_as for clause in self.plan.clauses)
            named = {name: counts[name] for name in RUNS_AS}
            lines.append(say("plan.check.clauses", lang, total=counts.total(), **named))
            lines.append(say("plan.check.coverage", lang, **coverage(self.plan)))
        severities = Counter(one.severity for one in self.findings)
        lines.append(
            say("plan.check.summary", lang, errors=severities["error"], warnings=severities["warning"])
        )
        return "\n".join(lines)

    def as_json(self, lang: str) -> dict[str, Any]:
        """Findings with their places and sentences, and the counts."""
        severities = Counter(one.severity for one in self.findings)
        body: dict[str, Any] = {
            "file": str(self.path),
            "findings": [self._entry(one, lang) for one in self.findings],
            "counts": {name: severities[name] for name in _LEVELS},
            "clauses": {},
        }
        if self.plan is not None:
            body["clauses"] = dict(sorted(Counter(one.runs_as for one in self.plan.clauses).items()))
            body["coverage"] = dict(coverage(self.plan))
            body["open_clauses"] = list(open_clauses(self.plan))
        return body

    def as_sarif(self, lang: str) -> dict[str, Any]:
        """The findings as one run of SARIF 2.1.0."""
        rules = sorted({one.code for one in self.findings})
        return {
            "$schema": _SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {"name": "dutyroom plan check", "rules": [{"id": code} for code in rules]}
                    },
                    "columnKind": "unicodeCodePoints",
                    "results": [self._result(one, lang, rules.index(one.code)) for one in self.findings],
                }
            ],
        }

    def file(self, finding: Finding) -> str:
        """The file a finding is about."""
        if self._prefixed(finding):
            return str(self.path / finding.place.split(":")[0])
        return str(self.path / planfolder.PLAN if self.path.is_dir() else self.path)

    def _where(self, finding: Finding) -> str:
        return (
            f"{self.path}/{finding.place}"
            if self._prefixed(finding)
            else f"{self.file(finding)}:{finding.place}"
        )

    def _prefixed(self, finding: Finding) -> bool:
        return finding.place.split(":")[0] in _FILES

    def _position(self, finding: Finding) -> tuple[int, int, str]:
        """Line, column, and what stands instead of them: a sheet's cell, a post of the roster."""
        rest = finding.place.partition(":")[2] if self._prefixed(finding) else finding.place
        line, _, column = rest.partition(":")
        if line.isdigit():
            return int(line), int(column) if column.isdigit() else 1, ""
        return 1, 1, rest

    def _entry(self, finding: Finding, lang: str) -> dict[str, Any]:
        line, column, spot = self._position(finding)
        text = tell(finding, lang)
        entry = {
            "code": finding.code,
            "severity": finding.severity,
            "clause": finding.clause,
            "file": self.file(finding),
            "line": line,
            "column": column,
            "text": text,
            "mend": mend(text),
            "fields": dict(finding.fields),
        }
        return entry | ({"spot": spot} if spot else {})

    def _result(self, finding: Finding, lang: str, rule: int) -> dict[str, Any]:
        line, column, _ = self._position(finding)
        location: dict[str, Any] = {
            "physicalLocation": {
                "artifactLocation": {"uri": Path(self.file(finding)).as_posix()},
                "region": {"startLine": line, "startColumn": column},
            }
        }
        if finding.clause:
            location["logicalLocations"] = [{"name": finding.clause, "kind": "clause"}]
        return {
            "ruleId": finding.code,
            "ruleIndex": rule,
            "level": _LEVELS[finding.severity],
            "message": {"text": tell(finding, lang)},
            "locations": [location],
        }


_FILES = (planfolder.PLAN, planfolder.ROSTER, planfolder.PEOPLE)


def examined(path: Path) -> PlanFindings:
    """Read and check a plan file; of a folder with roster and people, these too. Raises OSError."""
    if path.is_dir() and all((path / name).is_file() for name in _FILES):
        loaded = planfolder.load(path)
        return PlanFindings(path, loaded.texts[planfolder.PLAN], loaded.plan, loaded.findings)
    found = examine((path / planfolder.PLAN if path.is_dir() else path).read_bytes())
    return PlanFindings(path, found.text, found.plan, found.findings)


def mend(text: str) -> str:
    """How to mend it: the last sentence of a finding, by which every finding ends."""
    parts = [part for part in text.replace("。", "。\n").replace(". ", ".\n").split("\n") if part.strip()]
    return parts[-1].strip() if parts else ""


def coverage(plan: Plan) -> Mapping[str, int]:
    """What became of the clauses, and how many rules there are."""
    cited = _cited(plan)
    rules = [clause for clause in plan.clauses if clause.runs_as == "rules"]
    mapped = sum(clause.id in cited for clause in rules)
    open_ = len(open_clauses(plan))
    law = [step.id for step in plan.steps if step.law] + [duty.id for duty in plan.calendar if duty.law]
    return {
        "clauses": len(plan.clauses),
        "mapped": mapped,
        "marked": len(plan.clauses) - mapped - open_,
        "open": open_,
        "steps": len(plan.steps),
        "duties": len(plan.calendar),
        "law": len(law),
    }


def open_clauses(plan: Plan) -> tuple[str, ...]:
    """Clauses that nothing carries out and nothing stands in for."""
    cited = _cited(plan)
    return tuple(
        clause.id
        for clause in plan.clauses
        if clause.runs_as == "waits" or (clause.runs_as == "rules" and clause.id not in cited)
    )


def _cited(plan: Plan) -> frozenset[str]:
    """Every clause that a part of the plan names as the one it carries out."""
    parts: tuple[Any, ...] = (
        plan.roles,
        plan.groups,
        plan.outside,
        plan.places,
        plan.resources,
        plan.periods,
    )
    named = [one for part in (*parts, plan.posts) for one in part.values()]
    listed: tuple[Any, ...] = (plan.levels, plan.steps, plan.moves, plan.quotas, plan.calendar)
    named += [one for part in (*listed, plan.warnings.rules) for one in part]
    return frozenset(cite for one in named for cite in one.clauses)
