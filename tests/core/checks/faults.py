"""Seeded single faults: one edit of the clean plan each, and the finding that must name it.

A row is (code, clause, what stands in the clean plan, what is put in its place, text of the line where the finding must
stand; empty: the line of the replacement). The table is shown in docs/reference/seeded-faults.md.
"""

# ruff: noqa: E501  (tables read better with a case on a line)

from pathlib import Path
from typing import NamedTuple

CLEAN = (Path(__file__).parent / "clean.yaml").read_text(encoding="utf-8")


class Fault(NamedTuple):
    """One edit and what must be said of it."""

    family: str
    code: str
    clause: str
    was: str
    now: str
    at: str = ""

    @property
    def text(self) -> str:
        """The clean plan with this one thing spoiled."""
        assert CLEAN.count(self.was) == 1, (self.code, self.was, CLEAN.count(self.was))
        return CLEAN.replace(self.was, self.now)

    @property
    def line(self) -> int:
        """The line on which the finding must stand."""
        blank = len(self.now) - len(self.now.lstrip("\n"))
        where = self.text.index(self.at) if self.at else CLEAN.index(self.was) + blank
        return self.text.count("\n", 0, where) + 1


_CLAUSE_5 = "必要时请求外部支援。"
_EN_5 = "Outside help is asked for when needed."


def _says(zh: str) -> tuple[str, str]:
    return f"{{zh: {_CLAUSE_5}, en: {_EN_5}}}", f"{{zh: {zh}, en: {_EN_5}}}"


FAULTS = (
    # reading
    Fault("reading", "plan.unknown_key", "C4", "    quorum: 2\n", "    quorom: 2\n"),
    Fault("reading", "plan.unknown_duration", "C3", "taken: 10 min", "taken: 10 fortnights"),
    Fault("reading", "plan.unknown_duration", "C4", "    clocks: {done: 及时}\n    ladder: [safety]", "    clocks: {done: 尽快}\n    ladder: [safety]"),
    Fault("reading", "plan.duplicate_key", "C4", "    quorum: 2\n", "    quorum: 2\n    quorum: 1\n", "quorum: 1"),
    Fault("reading", "plan.alias", "", "  medic: {name", "  medic: &m {name"),
    Fault("reading", "plan.tab", "", "    quorum: 2\n", "\tquorum: 2\n", "quorum: 2"),
    Fault("reading", "plan.full_width_colon", "", "    quorum: 2\n", "    quorum： 2\n"),
    Fault("reading", "plan.missing", "", "  number: YJ-2026-09\n", "", "plan:\n"),
    Fault("reading", "plan.not_a_choice", "C3", "type: choice,", "type: chioce,"),
    Fault("reading", "plan.wrong_shape", "C1", "    rank: 3\n", "    rank: third\n"),
    Fault("reading", "plan.all_or_any", "C1", "      all:\n        - {id: danger,", "      both:\n        - {id: danger,", "both:"),
    Fault("reading", "plan.unknown_pack", "", "id: cn-petitions", "id: cn-petition"),
    Fault("reading", "plan.unbound_post", "", "{unit_head: head, labour: safety}", "{unit_head: head}"),
    Fault("reading", "check.personal_data", "", "# A plan without a fault,", "# call 13800001234 # A plan without a fault,"),
    # people and posts
    Fault("people", "check.unknown_role", "C2", "deputies: [foreman], clauses: [C2]}\n  foreman", "deputies: [formean], clauses: [C2]}\n  foreman"),
    Fault("people", "check.unknown_outside_role", "C2", "deputies: [foreman], clauses: [C2]}\n  foreman", "deputies: [foreman], outside: neighbours_work, clauses: [C2]}\n  foreman"),
    Fault("people", "check.unknown_role", "", "last_rung: city_desk", "last_rung: district_desk"),
    Fault("people", "check.unknown_role", "C2", "members: [foreman, storekeeper]", "members: [foreman, storkeeper]"),
    Fault("people", "check.unknown_role", "C2", "    leader: medic\n", "    leader: doctor\n"),
    Fault("people", "check.unknown_role", "C10", "    who: safety\n    phases: [recovery]", "    who: nobody\n    phases: [recovery]"),
    Fault("people", "check.unknown_role", "C7", "keeper: storekeeper", "keeper: storeman"),
    Fault("people", "check.unknown_role", "C1", "judged_by: head", "judged_by: chief"),
    Fault("people", "check.unknown_role", "", "  liaison: foreman", "  liaison: foremen"),
    Fault("people", "check.unknown_role", "", "  approved_by: head", "  approved_by: owner"),
    Fault("people", "check.no_last_rung", "", "last_rung: city_desk", 'last_rung: ""'),
    Fault("people", "check.duty_without_post", "C8", "who: foreman, every: day", 'who: "", every: day'),
    Fault("targets", "check.not_accepted", "C10", "  - id: review\n", "  - id: review\n    confidence: high\n"),
    Fault("people", "check.unknown_recipient", "C9", "report: {to: bureau, by: statement}", "report: {to: press, by: statement}"),
    Fault("people", "check.nobody_acts", "C10", "    who: safety\n    phases: [recovery]", "    who: []\n    phases: [recovery]"),
    Fault("people", "check.unclear_owner", "C10", "    who: safety\n    phases: [recovery]", "    who: [safety, head]\n    phases: [recovery]"),
    Fault("people", "check.quorum_too_large", "C4", "    quorum: 2\n", "    quorum: 3\n"),
    Fault("people", "check.deputy_loop", "C2", "foreman: {name: {zh: 工长, en: Foreman}", "foreman: {name: {zh: 工长, en: Foreman}, deputies: [safety]"),
    Fault("people", "check.confirms_itself", "C4", "confirm: {who: safety,", "confirm: {who: foreman,"),
    Fault("people", "check.own_approver", "C1", "    who: safety\n    phases: [closing]\n", "    who: head\n    phases: [closing]\n", "separate_from: [sign_head]"),
    Fault("people", "check.separate_from_itself", "C1", "separate_from: [sign_head]", "separate_from: [sign_head, sign_safety]"),
    Fault("people", "check.one_person_may_sign_twice", "C10", "  signs: [sign_head, sign_safety]", "  signs: [sign_head, review]", "- id: review"),
    Fault("people", "check.empty_group", "", "leading_group: [head, safety]", "leading_group: []"),
    Fault("people", "check.group_without_leader", "C2", "    leader: medic\n", "", "medical_team:"),
    Fault("people", "check.leader_outside_group", "C2", "members: [medic, watch]", "members: [watch]", "leader: medic"),
    Fault("people", "check.two_deputies", "C2", "    deputy: watch\n", "    deputy: safety\n"),
    Fault("people", "check.two_places_at_once", "C2", "members: [medic, watch]", "members: [medic, watch, storekeeper]"),
    Fault("people", "check.idle_role", "C2", "  storekeeper: {", "  cook: {name: {zh: 炊事员, en: Cook}, clauses: [C2]}\n  storekeeper: {"),
    # clocks
    Fault("clocks", "check.without_unit", "C4", "remind: 30 min", "remind: 30"),
    Fault("clocks", "check.too_long", "C10", "clocks: {done: 14 d}", "clocks: {done: 14000 d}"),
    Fault("clocks", "check.clocks_out_of_order", "C4", "on_scene: 30 min, done: 60 min", "on_scene: 90 min, done: 60 min"),
    Fault("clocks", "check.remind_too_late", "C4", "remind: 30 min", "remind: 9 h"),
    Fault("clocks", "check.clock_without_start", "C1", "since: verify}", "since: verified}"),
    Fault("clocks", "check.clock_start_not_before", "C1", "since: verify}", "since: cordon}"),
    Fault("clocks", "check.due_before_allowed", "C4", "not_before: 2 h", "not_before: 12 h"),
    Fault("clocks", "check.repeat_without_pause", "C3", "repeat: {every: 30 min,", "repeat: {every: 0 min,"),
    Fault("clocks", "check.repeat_without_end", "C10", "    who: safety\n    phases: [recovery]", "    who: safety\n    repeat: {every: 8 d}\n    phases: [recovery]", "repeat: {every: 8 d}"),
    Fault("clocks", "check.repeat_before_due", "C3", "repeat: {every: 30 min,", "repeat: {every: 10 min,"),
    Fault("clocks", "check.two_clocks", "C9", "    place: gate\n    uses", "    report: {to: bureau, by: statement}\n    place: gate\n    uses", "clocks: {done: 及时}\n    report"),
    Fault("clocks", "check.two_clocks", "C3", "  - id: propose_close\n", "  - id: second\n    title: {zh: 再报, en: Again}\n    clauses: [C3]\n    who: speaker\n    phases: [response]\n    clocks: {done: {within: 及时, since: known}}\n    report: {to: bureau, by: statement}\n\n  - id: propose_close\n", "clocks: {done: {within: 及时, since: known}}"),
    Fault("clocks", "check.ladder_ends_in_silence", "C1", "    who: safety\n    phases: [closing]\n", "    who: city_desk\n    phases: [closing]\n", "ladder: [city_desk]\n\n  - id: review"),
    # flow
    Fault("flow", "check.unknown_step", "C10", "after: [review]", "after: [reveiw]"),
    Fault("flow", "check.unknown_step", "C1", "after: [propose_close]", "after: [propose]"),
    Fault("flow", "check.unknown_step", "", "locks: [propose_close]", "locks: [propose]"),
    Fault("flow", "check.duplicate_step", "C10", "  - id: review\n", "  - id: archive\n    title: {zh: 甲, en: A}\n    clauses: [C10]\n    who: safety\n    phases: [recovery]\n    voluntary: true\n\n  - id: review\n", "- id: archive\n    title: {zh: 归档"),
    Fault("flow", "check.unknown_phase", "C10", "    clauses: [C10]\n    who: watch\n    phases: [recovery]", "    clauses: [C10]\n    who: watch\n    phases: [recovery, rest]", "phases: [recovery, rest]"),
    Fault("flow", "check.no_phase", "C9", "phases: [response, recovery]", "phases: []"),
    Fault("flow", "check.waits_for_itself", "C10", "after: [review]", "after: [review, archive]"),
    Fault("flow", "check.waits_in_circle", "C10", "    clauses: [C10]\n    who: safety\n", "    clauses: [C10]\n    after: [archive]\n    who: safety\n", "after: [review]"),
    Fault("flow", "check.after_too_late", "C1", "    after: [verify]\n    clocks", "    after: [verify, review]\n    clocks", "after: [verify, review]"),
    Fault("flow", "check.after_other_level", "C9", "    levels: [I]\n    clocks: {done: 及时}\n    report", "    levels: [III]\n    after: [count_people]\n    clocks: {done: 及时}\n    report", "after: [count_people]"),
    Fault("flow", "check.promise_too_late", "C10", "    who: safety\n    phases: [recovery]", "    who: safety\n    owes: [{step: cordon}]\n    phases: [recovery]", "owes: [{step: cordon}]"),
    Fault("flow", "check.owner_field", "C10", "owner_field: owner", "owner_field: what"),
    Fault("flow", "check.by_field", "C10", "by_field: due", "by_field: what"),
    Fault("flow", "check.text_field", "C10", "text_field: what", "text_field: which"),
    Fault("flow", "check.unknown_fact", "C3", "{id: kind, label: {zh: 种类, en: Kind}, type: kind, fact: true}", "{id: sort, label: {zh: 种类, en: Kind}, type: kind, fact: true}"),
    Fault("flow", "check.choice_without_options", "C3", ", options: {call: {zh: 电话, en: By phone}, visit: {zh: 到场, en: On the spot}}", "", "id: how, label"),
    Fault("flow", "check.asked_twice", "C10", "{id: owner, label: {zh: 谁, en: Who}, type: role}", "{id: owner, label: {zh: 谁, en: Who}, type: role}\n      - {id: owner, label: {zh: 谁二, en: Who}, type: role}", "zh: 谁二"),
    Fault("flow", "check.conditions_contradict", "C1", "when: \"'cordon' in done\"", "when: \"!facts.danger_over\"", "requires:"),
    Fault("flow", "check.promise_loop", "C10", "owes: [{step: keep_promise, when: \"!answers.kept\"}]", "owes: [{step: keep_promise}]"),
    Fault("flow", "check.illegal_move", "C1", "{source: response, target: closing,", "{source: response, target: recovery,"),
    Fault("flow", "check.move_waits_in_vain", "C1", "target: response, after: [activate]", "target: response, after: [activate, review]"),
    Fault("flow", "check.moves_by_itself", "C1", "target: closing, after: [propose_close], clauses", "target: closing, clauses"),
    Fault("flow", "check.moves_at_once", "C1", "target: closed, after: [stand_down]", "target: closed, after: [activate]"),
    Fault("flow", "check.no_exit", "", "  - {source: recovery, target: closed, after: [archive], when: size(open) == 0, clauses: [C1]}\n", "", "moves:"),
    Fault("flow", "check.any_ends_response", "C1", "      all:\n        - {id: danger,", "      any:\n        - {id: danger,", "requires:"),
    Fault("flow", "check.close_waits_at_level", "C1", "rank > 2 || 'count_people' in done", "'count_people' in done", "requires:"),
    Fault("flow", "check.end_missing_at_level", "C1", "    who: safety\n    phases: [closing]\n", "    who: safety\n    levels: [I, II]\n    phases: [closing]\n", "levels: [I, II]\n    phases: [closing]"),
    # conditions
    Fault("conditions", "check.not_cel", "C3", "when: facts.injured > 0", "when: facts.injured >"),
    Fault("conditions", "check.not_cel", "C3", "when: facts.injured > 0", "when: " + "(" * 40 + "true" + ")" * 40),
    Fault("conditions", "check.unknown_name", "C3", "when: facts.injured > 0", "when: injured > 0"),
    Fault("conditions", "check.cannot_evaluate", "C3", "when: facts.injured > 0", "when: facts.hurt > 0"),
    Fault("conditions", "check.not_a_condition", "C3", "when: facts.injured > 0", "when: facts.injured"),
    Fault("conditions", "check.unknown_step_in_condition", "C1", "'cordon' in done", "'cordons' in done"),
    Fault("conditions", "check.never_holds", "C3", "when: facts.injured > 0", "when: facts.injured > 5 && facts.injured < 3"),
    Fault("conditions", "check.never_holds", "C1", "when: size(open) == 0", "when: facts.near_miss"),
    # levels
    Fault("levels", "check.duplicate_level", "C1", "  - id: III\n", "  - id: II\n"),
    Fault("levels", "check.same_rank", "C1", "    rank: 3\n", "    rank: 2\n"),
    Fault("levels", "check.level_gap", "C1", "{fact: depth, at_least: 10, below: 50, unit: mm}", "{fact: depth, at_least: 10, below: 40, unit: mm}"),
    Fault("levels", "check.shared_edge", "C1", "{fact: depth, at_least: 10, below: 50, unit: mm}", "{fact: depth, at_least: 10, below: 51, unit: mm}"),
    Fault("levels", "check.level_overlap", "C1", "{fact: depth, at_least: 10, below: 50, unit: mm}", "{fact: depth, at_least: 10, below: 80, unit: mm}"),
    Fault("levels", "check.levels_inverted", "C1", "{fact: depth, at_least: 10, below: 50, unit: mm}", "{fact: depth, at_least: 100, unit: mm}"),
    Fault("levels", "check.empty_range", "C1", "{fact: depth, at_least: 10, below: 50, unit: mm}", "{fact: depth, at_least: 50, below: 10, unit: mm}"),
    Fault("levels", "check.unit_differs", "C1", "{fact: depth, at_least: 10, below: 50, unit: mm}", "{fact: depth, at_least: 10, below: 50, unit: cm}"),
    Fault("levels", "check.unit_missing", "C1", "{fact: depth, at_least: 10, below: 50, unit: mm}", "{fact: depth, at_least: 10, below: 50}"),
    Fault("levels", "check.level_falls", "C1", "when: facts.injured >= 0", "when: facts.injured < 1"),
    Fault("levels", "check.level_falls", "C1", "- {kinds: [injury]}", "- {fact: depth, below: 10, unit: mm}"),
    Fault("levels", "check.level_unreachable", "C1", "    rank: 1\n", "    rank: 1\n    when: \"true\"\n", "- id: II\n"),
    Fault("levels", "check.criterion_one", "C1", "- {kinds: [injury]}", "- {kinds: [injury], fact: depth}"),
    Fault("levels", "check.criterion_type", "C1", "{fact: beyond, true: true, judged_by: head}", "{fact: beyond, at_least: 1, judged_by: head}"),
    Fault("levels", "check.unknown_fact_in_level", "C1", "{fact: beyond, true: true, judged_by: head}", "{fact: beyound, true: true, judged_by: head}"),
    Fault("levels", "check.unknown_kind", "C1", "- {kinds: [injury]}", "- {kinds: [injuries]}"),
    Fault("levels", "check.unknown_hazard", "C6", "{hazard: heat, colour: orange, level: II", "{hazard: heats, colour: orange, level: II"),
    Fault("levels", "check.unknown_colour", "C6", "{hazard: heat, colour: orange, level: II", "{hazard: heat, colour: blue, level: II"),
    Fault("levels", "check.unknown_area", "C6", "level: I, areas: [north]", "level: I, areas: [south]"),
    Fault("levels", "check.colours_out_of_order", "", "colours: [yellow, orange, red]", "colours: [orange, yellow, red]"),
    Fault("levels", "check.unknown_level", "C6", "{hazard: heat, colour: orange, level: II", "{hazard: heat, colour: orange, level: IV"),
    Fault("levels", "check.unknown_level", "C4", "    levels: [I, II]\n    on_level", "    levels: [I, II, IV]\n    on_level"),
    # names that lead nowhere
    Fault("targets", "check.unknown_place", "C4", "    place: gate\n", "    place: gates\n"),
    Fault("targets", "check.unknown_resource", "C4", "uses: [pumps]", "uses: [pump]"),
    Fault("targets", "check.unknown_resource", "C7", "of: pumps", "of: pump"),
    Fault("targets", "check.unknown_reference", "C4", "see: [site_drawing]", "see: [site_drawings]"),
    Fault("targets", "check.unknown_reference", "C3", "by: phone, form: flash_form", "by: phone, form: flash_forms"),
    Fault("targets", "check.unknown_reference", "C5", "agreement: aid_agreement", "agreement: aid_agreements"),
    Fault("targets", "check.unknown_outside", "C7", "source: neighbour_works", "source: neighbours"),
    Fault("targets", "check.unknown_period", "C8", "    during: [spring]\n", "    during: [sprung]\n"),
    Fault("targets", "check.unknown_chapter", "C9", "chapter: \"5.4\"", "chapter: \"5.9\""),
    Fault("targets", "check.unknown_clause", "", "    clauses: [C3]\n    who: head", "    clauses: [C33]\n    who: head"),
    Fault("targets", "check.duplicate_clause", "C10", "{id: C11, text: {zh: 不掌握职工思想动态。", "{id: C10, text: {zh: 不掌握职工思想动态。"),
    Fault("targets", "check.clause_without_rule", "C0", ", runs_as: product, note: {zh: 场所设置, en: The site}", "", "{id: C0"),
    Fault("targets", "check.clause_without_reason", "C0", ", note: {zh: 场所设置, en: The site}", "", "{id: C0"),
    Fault("targets", "check.not_one_of", "C4", "on_level_change: stop", "on_level_change: halt"),
    Fault("targets", "check.not_one_of", "C0", "runs_as: product", "runs_as: produkt"),
    Fault("targets", "check.command_without_assisting", "C5", "assisting:\n  liaison: foreman\n  locks: [propose_close]\n", "", "command: hand_over"),
    Fault("targets", "check.command_never_back", "", "    command: take_back\n", "", "assisting:"),
    Fault("targets", "check.not_accepted", "C10", "  - id: review\n", "  - id: review\n    confidence: low\n"),
    Fault("targets", "check.number_in_plan", "C5", "number: \"119\"", "number: \"55512345\""),
    Fault("targets", "check.aid_without_agreement", "C5", ", agreement: aid_agreement", "", "neighbour_works: {"),
    Fault("targets", "check.below_least", "C7", "quantity: 4", "quantity: 1"),
    Fault("targets", "check.bad_hours", "C8", "hours: 00:00-24:00", "hours: all day"),
    Fault("targets", "check.bad_time", "C8", "at: \"18:00\"", "at: \"25:00\""),
    Fault("targets", "check.bad_date", "C8", "starts: 06-15", "starts: 15-06"),
    Fault("targets", "check.empty_period", "C8", ", starts: 06-15, ends: 09-30", "", "flood: {name: {zh: 汛期"),
    Fault("targets", "check.least_over_most", "C7", "least: 2, most: 6", "least: 7, most: 6"),
    Fault("targets", "check.empty_annex", "", "kind: agreement, file: aid.pdf", "kind: agreement"),
    # law
    Fault("law", "check.unknown_law_step", "C3", "fulfils: law_report_county", "fulfils: law_report_country"),
    Fault("law", "check.later_than_law", "C3", "{done: {within: 1 h, since: received}}", "{done: {within: 2 h, since: received}}"),
    Fault("law", "check.later_start_than_law", "C3", "{done: {within: 1 h, since: received}}", "{done: {within: 1 h, since: opened}}"),
    Fault("law", "check.report_later_than_law", "C10", "    who: safety\n    phases: [recovery]", "    who: safety\n    report: {to: bureau, by: written}\n    phases: [recovery]", "clocks: {done: 7 d}\n    ladder: [head]"),
    Fault("law", "check.rarer_than_law", "C8", "every: half_year", "every: year"),
    Fault("law", "check.result_not_reported", "C8", "fulfils: law_drill_reported, report: {to: bureau, by: written}", "fulfils: law_drill_reported"),
    Fault("law", "check.unknown_trade", "", "  trade: construction", "  trade: constructing"),
    Fault("law", "check.pack_twice", "", "labour: safety}}\n", "labour: safety}}\n  - {id: cn-petitions, roles: {unit_head: safety, labour: safety}}\n", "{unit_head: safety, labour: safety}"),
    # texts and completeness
    Fault("completeness", "check.placeholder", "C5", *_says("求援单位为____。")),
    Fault("completeness", "check.placeholder", "C5", *_says("求援联系人待定。")),
    Fault("completeness", "check.placeholder", "C5", _EN_5, "TODO ask whom."),
    Fault("completeness", "check.personal_data", "C5", *_says("求援电话13800001234。")),
    Fault("completeness", "check.personal_data", "C5", *_says("求援电话0371-5551234。")),
    Fault("completeness", "check.rule_out_of_force", "C5", *_says("按GB/T 29639-2013编写。")),
    Fault("completeness", "check.two_provinces", "C5", *_says("请求河南省甲方和河北省乙村支援。")),
    Fault("completeness", "check.chapter_missing", "", ", chapter: \"5.4\"", "", "clauses:\n  - {id: C0"),
    Fault("completeness", "check.annex_missing", "C5", *_says("求援单位见附件7。")),
    Fault("completeness", "check.press_contradiction", "C5", "{zh: 必要时请求外部支援。, en: Outside help is asked for when needed.}, chapter: \"3.5\"}\n  - {id: C6, text: {zh: 按气象预警做好准备", "{zh: 任何人不得接受媒体采访。, en: Outside.}, chapter: \"3.5\"}\n  - {id: C6, text: {zh: 值班员负责向媒体说明，按气象预警做好准备", "id: C5"),
    Fault("completeness", "check.two_spokespersons", "C9", "    place: gate\n    uses", "    report: {to: fire, by: statement}\n    place: gate\n    uses", "who: speaker"),
    Fault("completeness", "check.two_authorities", "C5", "{zh: 必要时请求外部支援。, en: Outside help is asked for when needed.}", "{zh: 由安全主管宣布结束响应。, en: Help.}"),
    Fault("completeness", "check.agreement_denied", "C5", *_says("尚未与邻近单位签订互助协议。")),
    # what is not executed
    Fault("refused", "check.asks_watching", "C5", *_says("掌握职工思想动态和言论。")),
    Fault("refused", "check.asks_watching", "C5", _EN_5, "Foremen monitor the mood and watch what workers say."),
    Fault("refused", "check.asks_tracking", "C5", *_says("对重点人员跟踪管控。")),
    Fault("refused", "check.asks_tracking", "C5", _EN_5, "Keep a file on key persons and follow their movements."),
    Fault("refused", "check.asks_pressing", "C5", *_says("动员家属做工作，劝其返岗。")),
    Fault("refused", "check.asks_dispersing", "C5", *_says("驱散聚集人员，劝阻集体上访。")),
    Fault("refused", "check.asks_dispersing", "C5", *_says("职工不得越级上访。")),
    Fault("refused", "check.asks_silencing", "C5", *_says("正面引导舆论，封锁消息。")),
    Fault("refused", "check.asks_settling", "C5", *_says("矛盾不上交，在内部消化。")),
    Fault("refused", "check.asks_tracking", "C10", "title: {zh: 总结, en: Review}", "title: {zh: 排查重点人员, en: Review}", "- id: review"),
)  # fmt: skip
