"""Archives that audit the same for ever: whatever the program becomes, old records keep their rules.

`case-of-the-first-language.zip` ran under the first plan language and was archived before duty was kept, so its calls
are taken as recorded. `case-with-duty.zip` holds who was on duty. Beside each stands what its audit said when it was
put here; a change of that is a change of somebody's past.
"""

import json
from pathlib import Path

import pytest

from dutyroom.adapters.archive.reading import Archived, read_archive
from dutyroom.interpreters.audit import audit
from dutyroom.wording.auditing import audit_data

RECORDS = sorted(Path(__file__).parent.glob("*.zip"))


def test_there_are_records_with_and_without_duty() -> None:
    exact = {read.exact for file in RECORDS if isinstance(read := read_archive(file), Archived)}
    assert exact == {True, False}


@pytest.mark.parametrize("file", RECORDS, ids=lambda file: file.stem)
def test_an_old_record_audits_as_it_did(file: Path) -> None:
    read = read_archive(file)
    assert isinstance(read, Archived)
    assert [one for one in read.faults if one.severity == "error"] == []
    found = audit(read.rules, read.events, exact=read.exact, outages=read.outages)
    expected = json.loads(file.with_suffix(".audit.json").read_text(encoding="utf-8"))
    assert audit_data(found) == expected
