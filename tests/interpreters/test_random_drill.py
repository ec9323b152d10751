"""Random drills: the same seed gives the same bytes anywhere, a change is compared pair by pair, and the sums are right.

What people do is drawn; what follows is the real core's. The sums are held against a count made from the cases.
"""

import hashlib
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

# ruff: noqa: E501  (tables read better with a case on a line)
import pytest

from dutyroom.adapters.planfolder import load, scripts
from dutyroom.core.instants import HOUR, MINUTE, SECOND
from dutyroom.core.judging import judge
from dutyroom.core.plan import Verb
from dutyroom.core.review import Verdict
from dutyroom.core.roster import PlanInForce
from dutyroom.core.sampled import (
    MILESTONES,
    Change,
    Sample,
    comparison_data,
    read_comparison,
    read_sample,
    sample_data,
)
from dutyroom.interpreters.drill import (
    Script,
    compare,
    default_chances,
    read_chances,
    read_script,
    run_many,
    set_up,
)
from dutyroom.interpreters.drill.chances import DEFAULTS, Chances
from dutyroom.interpreters.drill.changes import changed
from dutyroom.interpreters.drill.draws import Distribution, Draws, empirical, fixed, lognormal
from dutyroom.interpreters.drill.incident import Course, Incident
from dutyroom.interpreters.drill.intervals import order_bounds, paired, wilson
from dutyroom.interpreters.drill.sampling import trials
from dutyroom.wording.narrate import tell
from dutyroom.wording.sampling import report

PLANS = Path(__file__).parents[2] / "plans"


@pytest.fixture(scope="module")
def rules() -> PlanInForce:
    in_force = load(PLANS / "sanitation-project").in_force()
    assert in_force is not None
    return in_force


@pytest.fixture(scope="module")
def night(rules: PlanInForce) -> Script:
    return read("night-injury", rules)


def read(name: str, rules: PlanInForce) -> Script:
    text = (PLANS / f"sanitation-project/drills/{name}.yaml").read_text(encoding="utf-8")
    script, findings = read_script(text, rules.plan, rules.roster)
    assert script is not None, findings
    return script


@pytest.fixture(scope="module")
def sample(night: Script, rules: PlanInForce) -> Sample:
    return run_many(night, rules, default_chances(), 7, 120)


def courses(script: Script, rules: PlanInForce, runs: int, chances: Chances | None = None) -> list[Course]:
    setup = set_up(script, rules, chances or default_chances(), 7)
    return [Incident(setup, run).play() for run in range(runs)]


def chances_of(text: str) -> Chances:
    chances, findings = read_chances(text)
    assert chances is not None, findings
    return chances


# ---- the same again


def test_draws_are_pinned_for_every_machine() -> None:
    draws = Draws(7, 3)
    assert draws.of("P010", "sms", "verify#1", "0", "heard") == 3954942511096045006
    assert draws.of("a", "b") != draws.of("ab") != draws.of("a\x1fb", "")
    assert (
        draws.of("a", "b") == Draws(7, 3).of("a", "b") != Draws(7, 4).of("a", "b") != Draws(8, 3).of("a", "b")
    )


def test_distributions_are_pinned_for_every_machine() -> None:
    values = lognormal(2 * MINUTE, 8 * MINUTE).values
    assert hashlib.sha256(repr(values).encode()).hexdigest()[:16] == "2a6e3afaa2e4fdf1"


def test_no_table_value_hangs_on_the_last_digit_of_the_normal_quantile() -> None:
    """They are rounded to nine digits; were one near the half, another machine's arithmetic could round it the other way."""
    from statistics import NormalDist

    for number in range(4_096):
        scaled = NormalDist().inv_cdf((2 * number + 1) / 8_192) * 1e9
        assert abs(scaled - int(scaled) - (0.5 if scaled > 0 else -0.5)) > 1e-5


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_processes(
    night: Script, rules: PlanInForce
) -> None:
    alone = json.dumps(sample_data(run_many(night, rules, default_chances(), 7, 101)))
    assert json.dumps(sample_data(run_many(night, rules, default_chances(), 7, 101, processes=2))) == alone
    assert json.dumps(sample_data(run_many(night, rules, default_chances(), 8, 101))) != alone


def test_the_sample_is_pinned(rules: PlanInForce) -> None:
    """A change of the core, the plan or the draws shows here. Where it is meant, the new digest is put in."""
    script, findings = read_script(SMALL, rules.plan, rules.roster)
    assert script is not None, findings
    found = sample_data(run_many(script, rules, default_chances(), 7, 60))
    kept = {name: found[name] for name in ("milestones", "tallies", "middle")}
    assert hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16] == "ef65f0693d92b03d"


SMALL = """\
drill: {id: small, title: {zh: 小演练, en: Small}, starts: "2026-11-23T22:30:00+08:00"}
report: {facts: {kind: fire}, story: {what: smoke}}
channels: {use: [sms, voice]}
alone: verify
until: 1 h
"""


def test_json_gives_the_same_values_back(sample: Sample) -> None:
    assert read_sample(json.loads(json.dumps(sample_data(sample)))) == sample


# ---- pairs


def test_a_change_that_changes_nothing_shows_no_difference_at_all(night: Script, rules: PlanInForce) -> None:
    setup = set_up(night, rules, default_chances(), 7)
    role = rules.plan.roles["duty_officer"]
    unused = {**rules.plan.roles, "never_called": replace(role, id="never_called", deputies=())}
    other = replace(setup, rules=replace(setup.rules, plan=replace(setup.rules.plan, roles=unused)))
    assert trials(other, 25) == trials(setup, 25)


def test_a_person_meets_the_same_chance_in_a_changed_plan(night: Script, rules: PlanInForce) -> None:
    """Where the first call of both is the same, so is what the person makes of it: only what comes later differs."""
    setup = set_up(night, rules, default_chances(), 7)
    sooner = changed(setup, Change("sooner"))
    same = 0
    for run in range(60):
        before, after = (Incident(one, run).play().case.obligations["verify#1"] for one in (setup, sooner))
        first, second = before.asked[:1], after.asked[:1]
        assert first == second
        # Nobody had to be called a third time: nothing that follows could differ.
        if before.calls == after.calls == 2:
            assert before.marks == after.marks
            same += 1
    assert same >= 3


def test_what_helps_is_shown_to_help_and_what_does_not_is_not(rules: PlanInForce) -> None:
    text = SMALL.replace("channels:", "people: {silent: [duty_officer]}\nchannels:")
    script, findings = read_script(text, rules.plan, rules.roster)
    assert script is not None, findings
    compared = compare(set_up(script, rules, default_chances(), 7), 150)
    effects = {(one.change.what, one.change.detail): one for one in compared.effects}
    back = effects["back", "duty_officer"]
    assert back.unkept.shown
    assert back.unkept.high < 0
    for one in compared.effects:
        assert one.unkept.low <= one.unkept.mean <= one.unkept.high
        assert one.unkept.shown is (one.unkept.low > 0 or one.unkept.high < 0)
    assert read_comparison(json.loads(json.dumps(comparison_data(compared)))) == compared


@pytest.mark.parametrize(
    ("change", "sees"),
    [
        (Change("deputy", "safety_officer", "operations_manager"), lambda s: "operations_manager" in s.rules.plan.roles["safety_officer"].deputies),
        (Change("second", "spokesperson"), lambda s: len(s.rules.reachable("spokesperson", s.script.starts)) == 1),
        (Change("sooner"), lambda s: s.rules.plan.defaults.ask_again < 60_000),
        (Change("mended", detail="sms"), lambda s: not s.script.channels.down),
        (Change("back", "spokesperson", "spokesperson"), lambda s: not s.script.people.absent and s.rules.reachable("spokesperson", s.script.starts)),
        (Change("channel", "safety_officer", "wecom"), lambda s: all("wecom" in {c.kind for c in p.channels} for p in s.rules.reachable("safety_officer", s.script.starts))),
    ],
    ids=lambda one: one.what if isinstance(one, Change) else "",
)  # fmt: skip
def test_a_change_changes_what_it_says(
    change: Change, sees: object, night: Script, rules: PlanInForce
) -> None:
    assert callable(sees)
    setup = set_up(night, rules, default_chances(), 7)
    assert not sees(setup)
    assert sees(changed(setup, change))


# ---- the sums


def test_the_tallies_count_what_the_core_judges(sample: Sample, night: Script, rules: PlanInForce) -> None:
    found = courses(night, rules, sample.runs)
    judged = [one for course in found for one in judge(rules.plan, course.case)]
    late = Counter((one.step, one.due.verb) for one in judged if one.verdict is Verdict.LATE)
    missed = Counter((one.step, one.due.verb) for one in judged if one.verdict is Verdict.MISSED)
    owed = Counter(
        (one.step, one.due.verb) for one in judged if one.verdict not in (Verdict.OPEN, Verdict.WAIVED)
    )
    assert {(one.step, one.verb): one.owed for one in sample.tallies} == dict(owed)
    assert {(one.step, one.verb): one.late for one in sample.tallies if one.late} == dict(late)
    assert {(one.step, one.verb): one.missed for one in sample.tallies if one.missed} == dict(missed)
    assert sample.unkept_per_run == pytest.approx((late.total() + missed.total()) / sample.runs)


def test_the_quantiles_are_those_of_the_runs(sample: Sample, night: Script, rules: PlanInForce) -> None:
    found = courses(night, rules, sample.runs)
    times = sorted(course.started_at - night.starts for course in found if course.started_at is not None)
    started = sample.milestones[MILESTONES.index("started")]
    assert started.never.count == sample.runs - len(times)
    for one in started.quantiles:
        place = -(-sample.runs * one.percent // 100) - 1
        assert one.value == (times[place] if place < len(times) else None)
        if one.value is not None and one.low is not None and one.high is not None:
            assert one.low <= one.value <= one.high


def test_the_middle_incident_is_shown_as_it_went(sample: Sample, night: Script, rules: PlanInForce) -> None:
    case = courses(night, rules, sample.middle + 1)[-1].case
    assert [bar.key for bar in sample.gantt] == list(case.obligations)
    for bar in sample.gantt:
        assert bar.opened == case.obligations[bar.key].opened_at - night.starts
        assert [due for _, due, _ in bar.dues] == [
            one.due_at - night.starts for one in case.obligations[bar.key].dues
        ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_says_so_in_words(sample: Sample, lang: str) -> None:
    told = report(sample, None, lang)
    assert str(sample.runs) in told
    worst = sample.worst(1)[0]
    assert sample.titles[worst.step].in_language(lang) in told


# ---- intervals


def test_wilsons_interval_is_the_known_one() -> None:
    share = wilson(5, 50)
    assert (share.low, share.high) == (pytest.approx(0.0435, abs=1e-4), pytest.approx(0.2136, abs=1e-4))
    assert (wilson(0, 20).low, wilson(20, 20).high) == (0.0, 1.0)
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


def test_order_statistics_bound_the_quantile_as_often_as_they_say() -> None:
    """Against the binomial's exact whole numbers."""
    from math import comb

    for runs, percent in ((20, 50), (59, 90), (100, 5), (100, 99)):
        low, high = order_bounds(runs, percent)
        exact = [comb(runs, k) * percent**k * (100 - percent) ** (runs - k) for k in range(runs + 1)]
        inside = sum(exact[low + 1 : high + 1])
        assert inside * 1000 >= 950 * 100**runs
        assert sum(exact[: low + 1]) * 40 <= 100**runs
        assert sum(exact[high + 1 :]) * 40 <= 100**runs
    assert order_bounds(20, 50) == (5, 14)  # the 6th and the 15th of twenty: the textbook's median interval


def test_paired_differences() -> None:
    same = paired([0] * 100)
    assert (same.mean, same.low, same.high, same.shown) == (0, 0, 0, False)
    assert paired([-1, -2] * 50).shown
    assert not paired([-1, 1] * 50).shown
    assert not paired([-1] * 10).shown, "too few pairs to say"


# ---- chance


def test_a_lognormal_has_its_median_and_ninth_decile() -> None:
    spread = lognormal(2 * MINUTE, 8 * MINUTE)
    assert spread.share_within(2 * MINUTE) == pytest.approx(500_000, abs=300)
    assert spread.share_within(8 * MINUTE) == pytest.approx(900_000, abs=300)
    assert list(spread.values) == sorted(spread.values)


def test_values_come_as_often_as_they_should() -> None:
    draws, records = Draws(1, 1), empirical([3 * MINUTE, MINUTE, 2 * MINUTE])
    seen = Counter(draws.value(records, str(number)) for number in range(3_000))
    assert set(seen) == {MINUTE, 2 * MINUTE, 3 * MINUTE}
    assert all(900 < count < 1_100 for count in seen.values())
    heard = sum(draws.happens(250_000, "heard", str(number)) for number in range(4_000))
    assert 900 < heard < 1_100
    assert draws.value(fixed(5), "x") == 5
    assert not any(draws.happens(0, str(number)) for number in range(100))
    assert all(draws.happens(1_000_000, str(number)) for number in range(100))


def test_people_who_always_hear_at_once_and_work_at_once_are_never_late(
    night: Script, rules: PlanInForce
) -> None:
    sure = "{heard: 100 %, answer: {fixed: 1 s}}"
    every = f"{{day: {sure}, evening: {sure}, night: {sure}}}"
    text = (
        f"chances: {{absent: 0 %, idle: 0 %, channels: {{sms: {every}, voice: {every}}}, taken: {{fixed: 1 s}}, "
        "travel: {fixed: 1 min}, work: {fixed: 10 %}, unasked: {fixed: 1 s}}"
    )
    script = replace(night, outages=(), channels=replace(night.channels, down=()))
    (course,) = courses(script, rules, 1, chances_of(text))
    verdicts = {one.verdict for one in judge(rules.plan, course.case)}
    assert verdicts <= {Verdict.KEPT, Verdict.OPEN}
    nobody = text.replace("absent: 0 %", "absent: 100 %")
    (course,) = courses(script, rules, 1, chances_of(nobody))
    assert not any(owed.marks for owed in course.case.obligations.values())


def test_who_answers_and_then_does_nothing_is_gone_round(rules: PlanInForce) -> None:
    script, findings = read_script(SMALL, rules.plan, rules.roster)
    assert script is not None, findings
    idle = replace(default_chances(), absent=0, idle=1_000_000)
    for course in courses(script, rules, 5, idle):
        owed = course.case.obligations["verify#1"]
        assert set(owed.marks) == {Verb.RECEIVED}
        assert len(owed.asked) > 1, "after the miss the next are asked"
    busy = replace(idle, idle=0)
    assert all(
        course.case.obligations["verify#1"].status == "done" for course in courses(script, rules, 5, busy)
    )


def test_the_hour_decides_which_chance_holds() -> None:
    chances = default_chances()
    assert [chances.band(hour * 60) for hour in (0, 6, 7, 17, 18, 21, 22, 23)] == [
        "night", "night", "day", "day", "evening", "evening", "night", "night",
    ]  # fmt: skip
    assert chances.reach("voice", 3 * 60).heard == 650_000
    assert chances.reach("carrier pigeon", 3 * 60) == chances.reach("other", 3 * 60)


def test_a_road_that_is_slow_or_closed_takes_longer(rules: PlanInForce) -> None:
    night = (PLANS / "sanitation-project/drills/night-injury.yaml").read_text(encoding="utf-8")
    night = night.replace("until: 75 min", "until: 6 h")

    def on_scene(more: str) -> int:
        script, findings = read_script(night + more, rules.plan, rules.roster)
        assert script is not None, findings
        chances = replace(default_chances(), absent=0, idle=0)
        first = run_many(script, rules, chances, 7, 20).milestones[MILESTONES.index("on_scene")]
        median = first.quantiles[2].value
        assert median is not None
        return median

    usual = on_scene("")
    assert usual < on_scene("injects: [{at: 0 s, until: 6 h, travel: x3}]\n")
    assert on_scene("injects: [{at: 0 s, until: 3 h, closed: true}]\n") >= 3 * HOUR


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("chances: {absent: 3}", "chances.percent"),
        ("chances: {absent: 300 %}", "chances.percent"),
        ("chances: {abesnt: 3 %}", "plan.unknown_key"),
        ("chances: 3", "chances.shape"),
        ("chanses: {}", "plan.unknown_key"),
        ("chances: {hours: {day: 7}}", "chances.hour"),
        ("chances: {hours: {day: \"25:00\"}}", "chances.hour"),
        ("chances: {channels: {sms: {noon: {}}}}", "plan.unknown_key"),
        ("chances: {channels: {sms: {day: {heard: often}}}}", "chances.percent"),
        ("chances: {taken: 3 min}", "chances.spread"),
        ("chances: {taken: {normal: {}}}", "chances.spread"),
        ("chances: {taken: {fixed: soon}}", "chances.duration"),
        ("chances: {taken: {fixed: 900 d}}", "chances.duration"),
        ("chances: {taken: {lognormal: {median: 3 min}}}", "chances.lognormal"),
        ("chances: {taken: {lognormal: {median: 3 min, p90: 1 min}}}", "chances.lognormal"),
        ("chances: {taken: {empirical: []}}", "chances.empirical"),
        ("chances: {taken: {empirical: [1 min, x]}}", "chances.duration"),
        ("chances: {work: {fixed: 3 min}}", "chances.percent"),
        ("chances: [", "plan.not_yaml"),
    ],
)  # fmt: skip
def test_a_fault_in_the_chances_is_said_in_words_with_its_line(text: str, code: str) -> None:
    chances, findings = read_chances(text)
    assert chances is None
    assert code in [one.code for one in findings]
    for one in findings:
        assert one.place.partition(":")[0].isdigit()
        assert tell(one, "zh") != tell(one, "en")


def test_what_the_file_does_not_say_is_the_defaults() -> None:
    chances = chances_of("chances: {channels: {voice: {night: {heard: 10 %}}}}")
    standard = default_chances()
    assert chances.reach("voice", 0) == replace(standard.reach("voice", 0), heard=100_000)
    assert chances.reach("voice", 12 * 60) == standard.reach("voice", 12 * 60)
    assert chances_of(DEFAULTS) == standard
    assert chances_of("chances: {work: {empirical: [50 %, 20.5 %]}}").work == Distribution((205_000, 500_000))


def test_the_page_shows_the_defaults_as_they_are() -> None:
    assert DEFAULTS in (PLANS.parent / "docs/howto/rehearse.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in PLANS.glob("*/plan.yaml")))
def test_every_starter_plan_runs_by_chance(folder: str) -> None:
    rules = load(PLANS / folder).in_force()
    assert rules is not None
    text = scripts(PLANS / folder)[0].read_text(encoding="utf-8")
    script, findings = read_script(text, rules.plan, rules.roster)
    assert script is not None, findings
    found = run_many(script, rules, default_chances(), 7, 5)
    assert found.milestones[MILESTONES.index("received")].never.count == 0
    assert found.milestones[MILESTONES.index("started")].never.count < 5
    assert all(one.owed for one in found.tallies)
    assert found.until > SECOND


def test_news_reaches_the_case_by_chance_too(rules: PlanInForce) -> None:
    text = (PLANS / "sanitation-project/drills/wage-dispute.yaml").read_text(encoding="utf-8")
    script, findings = read_script(
        text.replace("until: 40 d", "until: 6 h") + "injects: [{at: 1 h, facts: {injured: 2}}]\n",
        rules.plan,
        rules.roster,
    )
    assert script is not None, findings
    assert [course.case.facts.get("injured") for course in courses(script, rules, 5)] == [2] * 5
    without = replace(script, injects=())
    assert all(course.case.facts.get("injured") != 2 for course in courses(without, rules, 5))
