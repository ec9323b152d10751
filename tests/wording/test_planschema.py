"""The schema for editors: valid, takes every plan we ship, refuses what the reader refuses, explains every key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dutyroom.core.yamltree import read_tree
from dutyroom.wording.planschema import plan_schema

PLANS = sorted((Path(__file__).parents[2] / "plans").glob("*/plan.yaml"))
SCHEMA = plan_schema()
VALID = Draft202012Validator(SCHEMA)


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", PLANS, ids=lambda file: file.parent.name)
def test_it_takes_every_plan_that_the_reader_takes(file: Path) -> None:
    tree, findings = read_tree(file.read_text(encoding="utf-8"))
    assert findings == ()
    assert [error.message for error in VALID.iter_errors(tree)] == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("    who: duty_officer\n    phases: [readiness]", "    woh: duty_officer\n    phases: [readiness]"),
        ("phases: [readiness]", "phases: [readyness]"),
        ("type: count", "type: number"),
        ("rank: 1", "rank: first"),
        ("{zh: 接报并核实情况, en: Take the report and check the facts}", "{zh: 接报, fr: x}"),
        ("source: readiness", "source: calm"),
        ("every: 30 min", "each_time: 30 min"),
    ],
)
def test_it_refuses_what_the_reader_refuses(good: str, bad: str) -> None:
    text = PLANS[[file.parent.name for file in PLANS].index("sanitation-project")].read_text(encoding="utf-8")
    assert good in text
    tree, _ = read_tree(text.replace(good, bad, 1))
    assert list(VALID.iter_errors(tree))


def test_every_key_is_explained_in_both_languages() -> None:
    texts = list(_descriptions(SCHEMA))
    assert len(texts) > 150
    for text in texts:
        zh, _, en = text.partition("\n")
        assert any("一" <= sign <= "鿿" for sign in zh), text
        assert en.strip(), text


def _descriptions(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for one in schema:
            yield from _descriptions(one)
    elif isinstance(schema, dict):
        for name, one in (schema.get("properties") or {}).items():
            if "$ref" not in one or "description" in one:
                assert "description" in one, name
                yield one["description"]
        for one in schema.values():
            yield from _descriptions(one)
