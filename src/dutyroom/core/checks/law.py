"""The plan against the rule packs it is under, and against those it ought to be under for its trade."""

from collections.abc import Iterator

from dutyroom.core.checks.sheet import Sheet, head, near
from dutyroom.core.findings import Finding
from dutyroom.core.instants import HOUR
from dutyroom.core.joining import law_step
from dutyroom.core.packs import Bound, Pack, names, pack
from dutyroom.core.plan import STARTS, ClockKind, Step, Verb
from dutyroom.core.surroundings import EVERY, CalendarDuty

# From the earliest start of a clock to the latest: the later it starts, the later the same number falls due.
_LATER = ("happened", "known", "reported", "received", "opened")


def law(sheet: Sheet) -> Iterator[Finding]:
    """Every finding that compares the plan with the law's own numbers."""
    for step in sheet.own_steps:
        if step.fulfils:
            yield from _fulfilling(sheet, step)
        yield from _late_report(sheet, step)
    for duty in sheet.plan.calendar:
        if duty.fulfils and not duty.law:
            yield from _rarer(sheet, duty)
    yield from _packs(sheet)


def _fulfilling(sheet: Sheet, step: Step) -> Iterator[Finding]:
    bound = law_step(sheet.plan, step.fulfils)
    if bound is None or bound.step is None:
        fields: dict[str, str | int] = {
            "name": step.fulfils,
            "nearest": near(step.fulfils, _bound_names(sheet)),
        }
        yield sheet.at(step, "fulfils", "unknown_law_step", **fields)
        return
    theirs, mine = bound.step.clocks.get(Verb.DONE), step.clocks.get(Verb.DONE)
    if theirs is None:
        return
    fields = _source(bound) | {"minutes": theirs.within // 60_000}
    if mine is None or mine.within > theirs.within:
        yield sheet.at(step, "clocks.done", "later_than_law", **fields)
    elif mine.since != theirs.since and _starts_later(mine.since, theirs.since):
        yield sheet.at(
            step, "clocks.done", "later_start_than_law", since=mine.since, other=theirs.since, **fields
        )
    if bound.step.repeat and (step.repeat is None or step.repeat.every > bound.step.repeat.every):
        hours = bound.step.repeat.every // HOUR
        yield sheet.at(step, "repeat", "repeats_less_than_law", hours=hours, **fields)


def _source(bound: Bound) -> dict[str, str | int]:
    """Where a number of the law comes from, for the sentence."""
    return {
        "article": bound.law.article,
        "law_zh": bound.law.source.zh,
        "law_en": bound.law.source.en,
    }


def _starts_later(mine: str, theirs: str) -> bool:
    if mine not in STARTS:
        return theirs in STARTS
    return theirs in _LATER and _LATER.index(mine) > _LATER.index(theirs)


def _late_report(sheet: Sheet, step: Step) -> Iterator[Finding]:
    """A first report to an authority that the plan allows more time than the law's first report does."""
    done = step.clocks.get(Verb.DONE)
    authority = step.report is not None and [
        name
        for name in step.report.to
        if name in sheet.plan.outside and sheet.plan.outside[name].kind == "authority"
    ]
    if not authority or step.fulfils or step.repeat or step.voluntary or step.after.all or step.outlives:
        return
    for bound in _bound(sheet):
        theirs = bound.step.clocks.get(Verb.DONE) if bound.step and bound.step.report else None
        first = (
            theirs
            and bound.step
            and theirs.kind is ClockKind.HARD
            and not (bound.step.repeat or bound.step.outlives or bound.step.after.all)
        )
        if theirs and first and (done is None or done.within > theirs.within) and theirs.within <= 2 * HOUR:
            fields = _source(bound) | {"minutes": theirs.within // 60_000, "to": authority[0]}
            yield sheet.at(step, "clocks.done", "report_later_than_law", "warning", **fields)
            return


def _rarer(sheet: Sheet, duty: CalendarDuty) -> Iterator[Finding]:
    bound = law_step(sheet.plan, duty.fulfils)
    if bound is None or bound.duty is None:
        fields: dict[str, str | int] = {
            "name": duty.fulfils,
            "nearest": near(duty.fulfils, _bound_names(sheet)),
        }
        yield sheet.on(duty, "fulfils", "unknown_law_step", **fields)
        return
    fields = _source(bound)
    theirs = bound.duty.every
    if duty.every in EVERY and theirs in EVERY and EVERY.index(duty.every) > EVERY.index(theirs):
        yield sheet.on(duty, "every", "rarer_than_law", every=duty.every, other=theirs, **fields)
    if bound.duty.report is not None and duty.report is None:
        yield sheet.on(duty, "report", "result_not_reported", **fields)


def _packs(sheet: Sheet) -> Iterator[Finding]:
    plan = sheet.plan
    used = {use.id for use in plan.packs}
    known = {name: found for name in names() if (found := pack(name))}
    trades = {trade for found in known.values() for trade in _trades(found)}
    if plan.trade and plan.trade not in trades:
        yield sheet.find(
            head("trade"), "unknown_trade", "warning", name=plan.trade, nearest=near(plan.trade, trades)
        )
    for name, found in known.items():
        general = plan.trade and plan.type == "general"  # a special plan hangs under one that has them
        if general and name not in used and plan.trade in _own_trades(found):
            fields = {
                "pack": name,
                "trade": plan.trade,
                "title_zh": found.title.zh,
                "title_en": found.title.en,
            }
            yield sheet.find(head("trade"), "no_pack_for_trade", "warning", **fields)
    for number, use in enumerate(plan.packs):
        one = known.get(use.id)
        if one and one.valid_until and plan.issued > one.valid_until:
            yield sheet.find(
                f"packs.{number}", "pack_out_of_force", "warning", pack=use.id, until=one.valid_until
            )
        if use.id in [other.id for other in plan.packs[:number]]:
            yield sheet.find(f"packs.{number}", "pack_twice", "warning", pack=use.id)


def _trades(found: Pack) -> set[str]:
    return {*found.trades, *(trade for one in found.bound for trade in one.trades)}


def _own_trades(found: Pack) -> set[str]:
    """Trades that the pack singles out with calendar duties: these bind whatever kind of incident a plan is for."""
    return {trade for one in found.bound if one.duty for trade in one.trades}


def _bound(sheet: Sheet) -> Iterator[Bound]:
    for use in sheet.plan.packs:
        found = pack(use.id)
        yield from (one for one in (found.bound if found else ()) if one.binds(sheet.plan.trade))


def _bound_names(sheet: Sheet) -> list[str]:
    return [part.id for one in _bound(sheet) if (part := one.step or one.duty)]
