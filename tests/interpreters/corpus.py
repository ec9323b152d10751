"""What the rules are tried on: every starter script, and lives by chance under starter plans and one small plan.

The small plan has what the starter plans have seldom or nowhere: voluntary steps that depend on the level or on who did
another step, steps that wait while outsiders command, a repeat with an end, a choice, a phase that comes back.
"""

from dutyroom.core.commands import Act, Answer, Command, OpenCase, Times, Volunteer
from dutyroom.core.instants import MINUTE
from dutyroom.core.joining import complete
from dutyroom.core.plan import Assisting, Confirm, Field, FieldType, Join, Move, Owes, Plan, Repeat, Verb
from dutyroom.core.roster import PlanInForce
from tests.core.builder import (
    END_STEP,
    MOVES,
    START,
    START_STEP,
    hard,
    minutes,
    people,
    plan,
    roster,
    step,
    words,
)
from tests.interpreters.lives import life
from tests.interpreters.playing import Piece, listed, played, starter_scripts

LIVES_OF_THE_SMALL_PLAN = 14
LENGTH = 90


def asks(name: str, type: FieldType, **rest: object) -> Field:
    return Field(name, words(name), type, **rest)  # type: ignore[arg-type]


def small_plan() -> Plan:
    """See the module."""
    whole, findings = complete(_small_plan())
    assert whole is not None, findings
    return whole


def _small_plan() -> Plan:
    free = {"voluntary": True, "clocks": {}}
    ways, by = {"by_road": words("by road")}, (asks("by", FieldType.TIME),)
    return plan(
        START_STEP,
        step("grade", "leader", asks=(asks("level", FieldType.LEVEL),), **free),
        step(
            "look",
            clocks={Verb.RECEIVED: hard(5), Verb.TAKEN: hard(10), Verb.ON_SCENE: hard(20), Verb.DONE: hard(40)},
            ladder=("a",),
            waivable_by=("leader",),
            asks=(asks("affected", FieldType.COUNT, fact=True),),
        ),
        step(
            "talk",
            repeat=Repeat(20 * MINUTE, "facts.over", nothing_new=True),
            clocks={Verb.DONE: hard(20)},
            asks=(asks("said", FieldType.TEXT), asks("over", FieldType.BOOL, fact=True)),
            waivable_by=("second",),
        ),
        step("graver", "a", levels=("I", "II"), on_level_change="stop"),
        step("crew_out", "crew", each=True, quorum=2, waivable_by=("leader",)),
        step("extra", "crew", levels=("I",), asks=(asks("way", FieldType.CHOICE, options=ways),), **free),
        step("second_look", ("officer", "crew"), separate_from=("look",), **free),
        step("over", "officer", asks=(asks("over", FieldType.BOOL, fact=True),), **free),
        step("vow", ("officer", "crew"), owes=(Owes("promise", by_field="by"),), asks=by, **free),
        step("check", after=Join(all=("look",)), confirm=Confirm("second", words("confirmed"))),
        step("hand_on", "leader", after=Join(all=("second_look",)), command="hand_over",
             confirm=Confirm("second", words("confirmed"))),
        step("only_after", after=Join(all=("look",)), **free),
        step("hand", "leader", command="hand_over", **free),
        step("back", "leader", command="take_back", **free),
        step("own_words", "second", **free),
        step("own_work", "second", after=Join(all=("look",))),
        step("later", "b", after=Join(all=("look",)), owes=(Owes("promise", by_field="by", owner_field="whose"),),
             asks=(asks("by", FieldType.TIME), asks("whose", FieldType.ROLE))),
        step("promise", "c", outlives=True),
        step("close", after=Join(all=("look",)), when="facts.over", separate_from=("look",)),
        step("sign_a", "leader", phases=("closing",), waivable_by=("leader",)),
        step("sign_b", "second", phases=("closing",), not_before=3 * MINUTE),
        step("anew", "officer", phases=("closing",), **free),
        END_STEP,
        moves=(*MOVES, Move("closing", "response", Join(all=("anew",)))),
        assisting=Assisting("officer", ("own_words", "own_work")),
    )  # fmt: skip


def asking_plan() -> Plan:
    """Conditions that ask what is open: then each opening and each withdrawal may change what comes next."""
    ends = Repeat(20 * MINUTE, "facts.over")
    return plan(
        START_STEP,
        step("second", when="size(open) == 3"),
        step("first_again", repeat=ends),
        step("second_again", repeat=ends),
        step("third_again", repeat=ends),
        step("over", "officer", asks=(asks("over", FieldType.BOOL, fact=True),), voluntary=True, clocks={}),
        step("beside", when="size(open) == 3"),
        step("close", "leader", voluntary=True, clocks={}),
        moves=(MOVES[0], Move("response", "closing", Join(), "facts.over && size(open) == 3")),
    )


def by_hand(rules: PlanInForce) -> Piece:
    """What chance seldom finds: a name, a step or `key verb`, and answers, at so many minutes from the report."""
    deeds: tuple[tuple[float, str, str, dict[str, Answer]], ...] = (
        (1, "O1", "start", {}),
        (2, "L1", "grade", {"level": "II"}),
        (3, "L1", "grade", {"level": "III"}),  # what only a graver level asks for stops
        (4, "O1", "look#1 received", {}),
        (
            13,
            "O1",
            "look#1 received",
            {},
        ),  # having it already, this does not silence the call to the next one
        (14, "O1", "look#1 taken", {}),
        (15, "O1", "look#1 taken", {}),
        (16, "O1", "only_after", {}),  # not yet
        (17, "A1", "extra", {"way": "by_road"}),  # not at this level
        (18, "O1", "look#1 on_scene", {}),
        (19, "O1", "look#1 done", {"affected": 3}),
        (20, "O1", "second_look", {}),  # whoever looked does not look a second time
        (21, "B1", "second_look", {}),
        (22, "L1", "hand_on#1 done", {}),  # counts only when a second person confirms
        (23, "O1", "check#1 done", {}),
        (24, "O1", "vow", {"by": START + 200 * MINUTE}),
        (
            25,
            "O1",
            "vow",
            {"by": START + 40 * MINUTE},
        ),  # the later promise is missed while the older one is open
        (42, "S1", "hand_on_confirmed#1 done", {}),
        (43, "L1", "back", {}),
        (44, "O1", "over", {"over": True}),
        (45, "O2", "close#1 done", {}),  # the response ends before the check is confirmed
        (46, "O1", "anew", {}),  # and comes back: the check is owed anew, once
        (47, "O1", "over", {"over": False}),
        (48, "O1", "over", {"over": False}),
        (300, "O1", "over", {"over": True}),
    )
    asked: list[tuple[int, Command]] = []
    opening = OpenCase("hand-0", "by-hand", "site", Times(START, START), {"kind": "fire"}, {}, exercise=True)
    asked.append((START, opening))
    for after, by, what, answers in deeds:
        at, (name, _, verb) = START + minutes(after), what.partition(" ")
        command = f"hand-{len(asked)}"
        if verb:
            asked.append((at, Act(command, by, name, Verb(verb), Times(at, at), answers)))
        else:
            asked.append((at, Volunteer(command, by, name, Times(at, at), answers)))
    return listed("small plan, by hand", rules, asked, START + minutes(400))


def corpus() -> tuple[Piece, ...]:
    """Every piece, those with the fewest entries first."""
    scripts = tuple(starter_scripts())
    pieces = [played(name, rules, script) for name, rules, script in scripts]
    begun = {name.split("/")[0]: (rules, script.starts) for name, rules, script in scripts}
    for name, (rules, starts) in begun.items():
        pieces.append(life(f"{name}, lived", rules, starts, 2, 40))
    small = PlanInForce(small_plan(), roster(), people())
    for seed in range(LIVES_OF_THE_SMALL_PLAN):
        pieces.append(life(f"small plan, life {seed}", small, START, seed, LENGTH))
    pieces.append(by_hand(small))
    asking = PlanInForce(asking_plan(), roster(), people())
    pieces += [
        life(f"plan that asks what is open, life {seed}", asking, START, seed, 30) for seed in range(4)
    ]
    return tuple(sorted(pieces, key=lambda piece: len(piece.events)))
