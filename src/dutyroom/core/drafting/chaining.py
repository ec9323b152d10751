"""A line of reporting drawn with arrows or dashes: 发现人→班长→项目经理 is a report from each to the next.

Only where every link names a post, a department, a body or somebody who finds or sees; any other drawing waits.
"""

import re
from itertools import pairwise

from dutyroom.core.drafting.bodies import bodies_in, propose_body
from dutyroom.core.drafting.clausing import Passage
from dutyroom.core.drafting.posts import group_in, is_post
from dutyroom.core.drafting.proposal import MEDIUM, ROLE, STEP, Reading
from dutyroom.core.drafting.recipients import body_by_ending, own_department
from dutyroom.core.drafting.rolefinding import bare, role_named

_ARROW = re.compile(r"\s*(?:→|➔|➜|⇒|⟶|-+>|－+>|=>|—+>?|──+)\s*")
_SEES = re.compile(r"[一-龥]{1,18}(?:者|人|人员|成员|单位|室)$")


def find_chain(reading: Reading, passage: Passage) -> bool:
    """Propose a report for each arrow of the passage; whether it was such a line."""
    text = bare(passage.text)
    around = f"{text} {passage.label} {passage.heading}"
    if not re.search(r"报告|上报|汇报|通报|报警|逐级", around):
        return False
    line = re.split(r"[。；]", re.sub(r"^[^：:→—]{2,20}[：:]", "", text))[0]
    links = [one.strip(" ，,") for one in _ARROW.split(line)]
    if len(links) < 3 or not all(2 <= len(one) <= 24 and _is_link(one) for one in links):
        return False
    ids = [_id(reading, passage, one) for one in links]
    for giver, taker in pairwise(zip(ids, links, strict=True)):
        entry: dict[str, object] = {"title": f"报告{taker[1]}", "phases": ["response"]}
        if f"{ROLE}.{giver[0]}" in reading.proposals:  # an outside body tells by itself
            entry["who"] = giver[0]
        entry["report"] = {"to": [taker[0]], "by": "phone"}
        reading.propose(STEP, reading.free_id(STEP, f"report_{taker[0]}"), entry, passage, MEDIUM)
    return True


def _is_link(text: str) -> bool:
    named = is_post(text) or group_in(text) == text or own_department(text) or _SEES.match(text)
    return bool(named or body_by_ending(text) or any(True for _ in bodies_in(f"向{text}")))


def _id(reading: Reading, passage: Passage, text: str) -> str:
    """The role or outside body a link names."""
    body = next(bodies_in(f"向{text}"), None)
    if body is not None and not is_post(text):
        return propose_body(reading, passage, body)
    return role_named(reading, text, passage, MEDIUM)
