"""A review as headed tables and lists of finished text in one language: what PDF and .docx both draw.

It refuses to know paper, fonts and file formats.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dutyroom.core.instants import Instant
from dutyroom.core.review import ObligationRow, Review, Verdict
from dutyroom.wording import say

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a note in small print, and either rows under columns or single lines.

    `widths` are shares of the page's width, one a column. `pictures` are SVG texts; a .docx leaves them out, since
    their numbers stand in the rows.
    """

    heading: str
    columns: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()
    note: str = ""
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """One document: its heading, the case's title, facts as label and value, sections, the line for
    signatures.
    """

    heading: str
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    signature: str
    none: str


def local_time(instant: Instant | None, zone: str) -> str:
    """The wall-clock time in a zone, to the minute; "" for none."""
    if instant is None:
        return ""
    return (_EPOCH + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def lay_out(review: Review, lang: str) -> Layout:
    """The review's document in `lang` (zh or en)."""

    def label(code: str) -> str:
        return say(f"review.{code}", lang)

    def time(instant: Instant | None) -> str:
        return local_time(instant, review.zone)

    mark = label("exercise") if review.exercise else ""
    facts = (
        (label("site"), review.site),
        (label("case"), review.case_id),
        (label("level"), review.level),
        (label("opened"), time(review.opened)),
        (label("closed"), time(review.closed) or label("not_closed")),
        *((each.label, f"{each.value} {each.unit}".strip()) for each in review.numbers),
    )
    sections = tuple(make(review, lang, label, time) for make in _SECTIONS)
    return Layout(mark + label("heading"), review.title, facts, sections, label("signature"), label("none"))


_Label = Callable[[str], str]
_Time = Callable[[Instant | None], str]


def _columns(label: _Label, *names: str) -> tuple[str, ...]:
    return tuple(label(f"column.{name}") for name in names)


def _timeline(review: Review, lang: str, label: _Label, time: _Time) -> Section:
    rows = tuple((time(row.at), _who(row.role, row.name), row.what, row.clause) for row in review.timeline)
    return Section(
        label("timeline"), _columns(label, "time", "who", "what", "clause"), (17, 18, 55, 10), rows
    )


def _obligations(review: Review, lang: str, label: _Label, time: _Time) -> Section:
    rows = tuple(
        (row.clause, row.step, row.role, time(row.due), time(row.done), _verdict(row, lang),
        label(f"clock.{row.clock}")) for row in review.obligations
    )  # fmt: skip
    columns = _columns(label, "clause", "step", "role", "due", "done", "verdict", "clock")
    return Section(label("obligations"), columns, (8, 24, 13, 16, 16, 12, 11), rows, note=label("clock_note"))


def _worked(review: Review, lang: str, label: _Label, time: _Time) -> Section:
    return Section(label("worked"), lines=review.worked)


def _open_points(review: Review, lang: str, label: _Label, time: _Time) -> Section:
    return Section(label("open_points"), lines=review.open_points)


def _actions(review: Review, lang: str, label: _Label, time: _Time) -> Section:
    rows = tuple(
        (row.what, _who(row.role, row.name), time(row.due), row.proof, label(f"state.{row.state}"))
        for row in review.actions
    )
    columns = _columns(label, "what", "owner", "due", "proof", "state")
    return Section(label("actions"), columns, (32, 18, 16, 20, 14), rows)


def _facts(review: Review, lang: str, label: _Label, time: _Time) -> Section:
    rows = tuple(
        (row.clause, _who(row.role, row.name), row.fact, label(f"grade.{row.grade}"), row.answer)
        for row in review.facts
    )
    columns = _columns(label, "clause", "who", "fact", "grade", "answer")
    return Section(label("facts"), columns, (9, 18, 36, 13, 24), rows, note=label("facts_note"))


_SECTIONS = (_timeline, _obligations, _worked, _open_points, _actions, _facts)


def _who(role: str, name: str) -> str:
    return f"{role} {name}".strip()


def _verdict(row: ObligationRow, lang: str) -> str:
    minutes = row.late_minutes if row.verdict is Verdict.LATE else 0
    return say(f"review.verdict.{row.verdict}", lang, minutes=minutes)
