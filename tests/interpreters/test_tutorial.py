"""The tutorial's script plays as the tutorial says: what it shows is what one sees."""

import re
from pathlib import Path

from dutyroom.adapters.planfolder import load
from dutyroom.interpreters.drill import read_script, rehearse, transcript
from dutyroom.wording.narrate import tell

ROOT = Path(__file__).parents[2]


def test_the_script_of_the_tutorial_gives_the_lines_it_shows() -> None:
    text = (ROOT / "docs/tutorial/first-drill.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(yaml)?\n(.*?)```", text, re.DOTALL)
    script_text = next(body for kind, body in blocks if kind == "yaml")
    shown = [line for _, body in blocks for line in body.splitlines() if line.startswith("+")]
    loaded = load(ROOT / "plans/sanitation-project")
    rules = loaded.in_force()
    assert rules is not None
    script, findings = read_script(script_text, rules.plan, rules.roster)
    assert script is not None, [tell(finding, "en") for finding in findings]
    drilled = rehearse(script, rules)
    assert drilled.as_scripted
    assert len(shown) == 4
    told = transcript(drilled, "zh", lambda person: loaded.names.get(person, person)).splitlines()
    assert [line for line in shown if line not in told] == []
