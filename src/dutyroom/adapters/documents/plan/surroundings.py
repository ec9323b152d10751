"""What a plan says around its steps, as tables: levels, warnings, posts, watches, places, supplies, calendar, sources.

Refuses to know chapters. A part that the plan does not have gives nothing.
"""

from collections.abc import Iterator, Sequence

from dutyroom.adapters.documents.plan.model import Table, Text
from dutyroom.adapters.documents.plan.words import Wording
from dutyroom.core.packs import Pack, pack
from dutyroom.core.plan import RUNS_AS, Clause
from dutyroom.core.surroundings import CalendarDuty, Reference
from dutyroom.wording import say
from dutyroom.wording.criteria import tell_criteria, tell_level, tell_warning
from dutyroom.wording.watching import duty_rules, post_rules

Part = Text | Table


def _table(
    words: Wording, name: str, columns: str, widths: tuple[int, ...], rows: Sequence[tuple[str, ...]]
) -> list[Part]:
    if not rows:
        return []
    heads = [words.say(f"column.{one}") for one in columns.split()]
    # A column in which nothing stands is left out.
    kept = [place for place in range(len(heads)) if any(row[place] != "—" for row in rows)]
    shown = tuple(tuple(row[place] for place in kept) for row in rows)
    caption = words.say(f"caption.{name}")
    return [Table(tuple(heads[p] for p in kept), tuple(widths[p] for p in kept), shown, caption)]


def kinds(words: Wording) -> list[Part]:
    """Which kinds of event the plan is for."""
    names = [words.text(name) for name in words.plan.kinds.values()]
    return [Text(words.say("kinds", kinds=words.listed(names)))] if names else []


def levels(words: Wording) -> list[Part]:
    """The levels, gravest first, with their criteria in words."""
    rows = [
        (words.text(one.name), "\n".join(tell_level(words.plan, one, words.lang)) or "—",
         words.cell(words.text(one.does), words.listed(one.clauses)))
        for one in sorted(words.plan.levels, key=lambda one: one.rank)
    ]  # fmt: skip
    made = _table(words, "levels", "level criteria does", (20, 56, 24), rows)
    return [*made, Text(words.say("edges"), small=True)] if made else []


def warnings(words: Wording) -> list[Part]:
    """Outside warnings and the state and level each puts us into."""
    rows = [
        (
            tell_warning(words.plan, rule.hazard, rule.colour, rule.areas, words.lang),
            words.level(rule.level),
            say(f"phase.{rule.state}", words.lang) if rule.state in ("readiness", "response") else rule.state,
            words.say("started_automatically" if rule.automatic else "started_by_person"),
            words.listed(rule.clauses) or "—",
        )
        for rule in words.plan.warnings.rules
    ]
    return _table(words, "warnings", "warning level state start_by clauses", (36, 18, 12, 22, 12), rows)


def posts(words: Wording) -> list[Part]:
    """Every post with its deputies and duties."""
    rows = [
        (
            words.text(role.name),
            " → ".join(words.role(one) for one in role.deputies) or "—",
            words.text(role.duties) or _steps_of(words, role.id) or "—",
            words.listed(role.clauses) or "—",
        )
        for role in words.plan.roles.values()
    ]
    return _table(words, "posts", "post deputies duties clauses", (20, 24, 44, 12), rows)


def _steps_of(words: Wording, role: str) -> str:
    """Where the plan writes no duties, the steps the post has to do, by title."""
    plan = words.plan
    mine = [step for step in plan.steps if any(role in plan.members(who) for who in step.who)]
    return words.listed(words.text(step.title) for step in mine)


def groups(words: Wording) -> list[Part]:
    """Every group with leader, deputy, members and duties."""
    rows = [
        (words.role(one.id), words.role(one.leader) if one.leader else "—",
         words.role(one.deputy) if one.deputy else "—", words.roles(one.members),
         words.cell(words.text(one.duties), words.say("together") if one.together else "",
                                     words.listed(one.clauses)))
        for one in words.plan.groups.values()
    ]  # fmt: skip
    return _table(words, "groups", "group leader deputy members duties", (18, 14, 14, 28, 26), rows)


def watches(words: Wording) -> list[Part]:
    """The watches that are kept."""
    rows = [
        (
            words.text(one.name),
            words.cell(
                words.role(one.role),
                words.say("shift_leader", who=words.role(one.leader)) if one.leader else "",
            ),
            words.cell(one.hours, _during(words, one.during)),
            str(one.least),
            words.span(one.reached_within) if one.reached_within else "—",
            words.cell(
                words.text(one.handover),
                words.text(one.absence),
                *post_rules(words.plan, one, words.lang),
                words.listed(one.clauses),
            ),
        )
        for one in words.plan.posts.values()
    ]
    columns = "watch who hours least reached handover"
    return _table(words, "watches", columns, (16, 18, 18, 8, 12, 28), rows)


def _during(words: Wording, periods: tuple[str, ...]) -> str:
    known = words.plan.periods
    names = words.listed(words.text(known[one].name) if one in known else one for one in periods)
    return names or words.say("always_kept")


def periods(words: Wording) -> list[Part]:
    """Spans with rules of their own."""
    rows = [
        (
            words.text(one.name),
            words.say("holidays")
            if one.holidays
            else words.say("declared")
            if one.declared and not one.starts
            else words.say("from_until", starts=one.starts, ends=one.ends),
            words.listed(one.clauses) or "—",
        )
        for one in words.plan.periods.values()
    ]
    return _table(words, "periods", "period time clauses", (40, 40, 20), rows)


def quotas(words: Wording) -> list[Part]:
    """How many people or things each must have ready."""
    known = words.plan.resources
    rows = [
        (
            words.role(one.who),
            words.text(known[one.of].name) if one.of in known else words.known(f"of.{one.of}", one.of),
            words.say("quota_range", least=one.least, most=one.most) if one.most else str(one.least),
            _during(words, one.during),
            words.levels(one.levels) or words.say("all_levels"),
        )
        for one in words.plan.quotas
    ]
    return _table(words, "quotas", "who of number period levels", (24, 22, 16, 20, 18), rows)


def places(words: Wording) -> list[Part]:
    """The places the plan names, those served first at the top."""
    known = sorted(words.plan.places.values(), key=lambda one: one.priority or 999)
    rows = [
        (words.text(one.name), words.known(f"place_kind.{one.kind}", one.kind), str(one.priority or "—"),
         str(one.least or "—"), words.listed(one.clauses) or "—")
        for one in known
    ]  # fmt: skip
    return _table(words, "places", "place kind priority least clauses", (38, 20, 14, 14, 14), rows)


def resources(words: Wording) -> list[Part]:
    """What is kept ready, where, by whom, and where more comes from."""
    plan = words.plan
    rows = [
        (
            words.text(one.name),
            f"{one.quantity} {words.text(one.unit)}"
            + (words.say("least_kept", count=one.least) if one.least else ""),
            words.text(plan.places[one.place].name) if one.place in plan.places else one.place or "—",
            words.role(one.keeper) if one.keeper else "—",
            words.text(one.state) or "—",
            words.role(one.source) if one.source else "—",
        )
        for one in plan.resources.values()
    ]
    return _table(
        words, "resources", "thing quantity place keeper condition source", (22, 17, 17, 16, 14, 14), rows
    )


def outside(words: Wording) -> list[Part]:
    """Bodies outside the organisation."""
    known = words.plan.references
    rows = [
        (words.text(one.name), words.known(f"outside_kind.{one.kind}", one.kind), one.number or "—",
         words.text(known[one.agreement].title) if one.agreement in known else one.agreement or "—",
         words.text(one.note) or "—")
        for one in words.plan.outside.values()
    ]  # fmt: skip
    return _table(words, "outside", "body kind number agreement note", (26, 14, 12, 22, 26), rows)


def assisting(words: Wording) -> list[Part]:
    """What holds once others command."""
    known = words.plan.assisting
    if known is None:
        return []
    locked = words.listed(words.cited(one) for one in known.locks)
    said = words.say("assisting_rule", who=words.role(known.liaison), steps=locked)
    return [Text(said), *([Text(words.text(known.text))] if known.text else [])]


def calendar(words: Wording) -> list[Part]:
    """What is owed by the calendar, the law's marked with its article."""
    rows = [
        (
            words.text(one.title),
            words.say("each", who=words.role(one.who)) if one.each else words.role(one.who),
            _often(words, one),
            _reported(words, one),
            words.cell(words.law(one.law), words.listed(one.clauses)),
        )
        for one in words.plan.calendar
    ]
    return _table(words, "calendar", "duty who when report source", (24, 18, 18, 20, 20), rows)


def _often(words: Wording, duty: CalendarDuty) -> str:
    lines = [words.known(f"every.{duty.every}", duty.every) + (f" {duty.at}" if duty.at else "")]
    if duty.during:
        lines.append(_during(words, duty.during))
    if duty.within:
        lines.append(words.say("within", span=words.span(duty.within)))
    return "\n".join([*lines, *duty_rules(words.plan, duty, words.lang)])


def _reported(words: Wording, duty: CalendarDuty) -> str:
    if duty.report is None:
        return "—"
    told = words.say("report_to", who=words.roles(duty.report.to), by=words.say(f"by.{duty.report.by}"))
    said = words.listed(words.text(one) for one in duty.report.contents)
    return "\n".join([told, words.say("report_contents", text=said)] if said else [told])


def revision(words: Wording) -> list[Part]:
    """When the plan is revised."""
    reasons = [words.text(one) for one in words.plan.revise_when]
    return [Text(words.say("revise", reasons="；".join(reasons)))] if reasons else []


def references(words: Wording, wanted: tuple[str, ...]) -> list[Part]:
    """References of these kinds, with what pins each file."""
    rows = [
        (
            words.text(one.title),
            words.known(f"reference_kind.{one.kind}", one.kind),
            one.number or "—",
            _file(words, one),
        )
        for one in words.plan.references.values()
        if one.kind in wanted
    ]
    return _table(words, "references", "title kind number file", (38, 14, 18, 30), rows)


def _file(words: Wording, one: Reference) -> str:
    known = words.plan.places.get(one.place)
    place = words.text(known.name) if known else one.place
    pin = f"SHA-256 {one.sha256[:16]}…" if one.sha256 else ""
    return words.cell(one.file, pin, place)


def parents(words: Wording) -> list[Part]:
    """The plan above this one, and the trade it is made for."""
    plan, said = words.plan, []
    if plan.parent:
        said.append(Text(words.say("parent", plan=plan.parent)))
    if plan.trade:
        said.append(Text(words.say("trade", trade=words.known(f"trade.{plan.trade}", plan.trade))))
    return [*said]


def packs(words: Wording) -> list[Part]:
    """The rules that the plan is under, and which of its posts are theirs."""
    rows = []
    for use in words.plan.packs:
        known = pack(use.id)
        bound = [f"{words.text(known.roles[name])} = {words.role(role)}" if known and name in known.roles
                 else f"{name} = {words.role(role)}" for name, role in use.roles.items()]  # fmt: skip
        title = words.text(known.title) if known else use.id
        dates = _dates(words, known) if known else "—"
        rows.append((title, words.text(known.source) if known else "—", dates, "\n".join(bound) or "—"))
    made = _table(words, "packs", "rule source dates posts_bound", (24, 28, 22, 26), rows)
    return [*made, *_classes(words), *_measures(words), *_articles(words)]


def _dates(words: Wording, known: Pack) -> str:
    checked = known.checked_on or say("law.not_compared", words.lang)
    return words.say("pack_dates", since=known.valid_from, checked=checked)


def _classes(words: Wording) -> list[Part]:
    """The classes that the law defines by numbers."""
    rows = [
        (
            words.text(one.name),
            "\n".join(tell_criteria(words.plan, one.any, one.all, words.lang)),
            words.article(one.article, words.text(known.title)),
        )
        for known in _packs_of(words)
        for one in sorted(known.classes, key=lambda one: one.rank)
    ]
    return _table(words, "classes", "class criteria source", (20, 52, 28), rows)


def _measures(words: Wording) -> list[Part]:
    """What the law asks while its criteria hold, as far as it binds the plan's trade."""
    rows = [
        (
            "\n".join(tell_criteria(words.plan, (), one.all, words.lang)),
            words.text(one.text),
            words.article(one.article, words.text(known.title)),
        )
        for known in _packs_of(words)
        for one in known.measures
        if not one.trades or words.plan.trade in one.trades
    ]
    return _table(words, "measures", "criteria measure source", (30, 42, 28), rows)


def _articles(words: Wording) -> list[Part]:
    """What the articles say that the plan's packs rest on, in our words."""
    rows = [
        (words.article(article, words.text(known.title)), words.text(said))
        for known in _packs_of(words)
        for article, said in known.articles.items()
    ]
    return _table(words, "articles", "article said", (26, 74), rows)


def _packs_of(words: Wording) -> list[Pack]:
    return [found for use in words.plan.packs if (found := pack(use.id)) is not None]


def clock_words(words: Wording) -> list[Part]:
    """What the marks of clocks mean, and what the organisation supplies where the plan is silent."""
    plan, defaults = words.plan, words.plan.defaults
    marks = [(say(f"clock.short.{kind}", words.lang), say(f"clock.{kind}.means", words.lang))
             for kind in ("hard", "soft", "default")]  # fmt: skip
    rows = [*marks, (words.say("clock.law"), words.say("clock.law.means"))]
    rows += [
        (words.text(word.name), words.say("word_means", span=words.span(word.within)))
        for word in defaults.words.values()
    ]
    rows += [
        (words.say("default.ask_again"), words.span(defaults.ask_again)),
        (words.say("default.ring_again"), words.span(defaults.ring_again)),
        (words.say("default.done"), words.span(defaults.done)),
        (
            words.say("default.last_rung"),
            words.role(defaults.last_rung) if defaults.last_rung in plan.roles else "—",
        ),
    ]
    return _table(words, "clock_words", "term meaning", (30, 70), rows)


def clause_lines(words: Wording, clauses: list[Clause]) -> Iterator[Part]:
    """Clauses word for word; what no rule carries out says why."""
    for clause in clauses:
        yield Text(words.text(clause.text), lead=clause.id)
        if clause.runs_as != "rules" and clause.runs_as in RUNS_AS:
            yield Text(words.say(f"runs_as.{clause.runs_as}", note=words.text(clause.note)), small=True)
        elif clause.note:
            yield Text(words.text(clause.note), small=True)
