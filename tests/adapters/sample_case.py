"""One small finished case with everything a review and an archive can hold. All names and events are
invented.
"""

from collections.abc import Mapping
from hashlib import sha256

from dutyroom.adapters.archive.package import Earlier, Package, Photo
from dutyroom.adapters.vault import Vault
from dutyroom.core import ledger
from dutyroom.core.ledger import Checkpoint, Entry, Tree
from dutyroom.core.review import (
    ActionRow,
    ActionState,
    Clock,
    FactRow,
    Grade,
    Number,
    ObligationRow,
    Review,
    TimelineRow,
    Verdict,
)

HOUR = 3_600_000
OPENED = 1_795_428_000_000  # 2026-11-23T10:00:00Z, 18:00 in Shanghai


def a_review(**changes: object) -> Review:
    """A review whose every table has rows."""
    values: dict[str, object] = {
        "title": "滨河路扫路车与电动车碰擦，一人受伤",
        "site": "滨河项目部",
        "case_id": "8f2c1d7a90b34e55",
        "opened": OPENED,
        "closed": OPENED + 5 * HOUR,
        "level": "Ⅲ级（较大）",
        "numbers": (Number("受伤人数", 1, "人"), Number("出动人员", 9, "人")),
        "timeline": (
            TimelineRow(OPENED, "报告人", "", "扫码报告：滨河路口，一人受伤，已叫救护车", "S16"),
            TimelineRow(OPENED + 60_000, "值班员", "周启明", "收到", "S21"),
            TimelineRow(OPENED + 240_000, "值班员", "喆龑", "接手；电话核实", "S20"),
            TimelineRow(
                OPENED + 900_000,
                "安全员",
                "𠮷田 #panic() *粗* [链接] $x$ @值班",
                "到场 <b>x</b> \\ `code` // 注",
                "S22",
            ),
        ),
        "obligations": (
            ObligationRow(
                "S21", "值班室告知组长", "值班员", OPENED + 300_000, OPENED + 60_000, Verdict.KEPT, Clock.HARD
            ),
            ObligationRow(
                "S23",
                "每 30 分钟报进展",
                "现场指挥",
                OPENED + HOUR,
                OPENED + HOUR + 720_000,
                Verdict.LATE,
                Clock.HARD,
                12,
            ),
            ObligationRow("S16", "立即报告", "班组长", OPENED + 600_000, None, Verdict.MISSED, Clock.SOFT),
            ObligationRow(
                "S13", "发布情况说明", "新闻发言人", OPENED + 2 * HOUR, None, Verdict.WAIVED, Clock.DEFAULT
            ),
            ObligationRow("S25", "七日内复盘", "项目经理", None, None, Verdict.OPEN, Clock.HARD),
        ),
        "worked": ("第一次呼叫 60 秒内有人应答。", "三个小组同时展开，互不等待。"),
        "open_points": ("路口反光锥数量不足，未查明原因。",),
        "actions": (
            ActionRow(
                "每车配反光锥 6 个", "班组长", "何立夏", OPENED + 200 * HOUR, "领用单", ActionState.EFFECTIVE
            ),
            ActionRow(
                "路口作业改为两人一组", "项目经理", "陆怀远", OPENED + 300 * HOUR, "", ActionState.OVERDUE
            ),
        ),
        "facts": (
            FactRow(
                "S24",
                "班组长",
                "何立夏",
                "18:10 前未报告，18:40 由他人报告",
                Grade.RECORD,
                "当时在送伤员，手机没电。",
            ),
            FactRow("S24", "现场指挥", "陆怀远", "一次进展迟 12 分钟", Grade.STATEMENT),
        ),
    }
    return Review(**{**values, **changes})  # type: ignore[arg-type]


def entries_of(
    case: str | None, count: int, site: str = "site-1", first: Mapping[str, object] | None = None
) -> list[Entry]:
    """The entries of one case, chained. The first one's body is `first` where it is given."""
    entries: list[Entry] = []
    for number in range(count):
        body: Mapping[str, object] = {"what": f"第 {number} 件事", "step": f"S{number}", "count": number}
        body = first if first is not None and number == 0 else body
        at = f"2026-11-23T10:{number % 60:02d}:00.000Z"
        previous = ledger.leaf(entries[-1]).hex() if entries else ""
        text = ledger.canonical(body).decode()
        entry = Entry(
            f"{case}-{number:04d}", site, case, number + 1, "Noted", at, at, "p-duty", text, previous
        )
        entries.append(entry)
    return entries


PLAN_TEXT = "# 应急预案\ntitle: 滨河项目部应急预案\n"
PHOTO = bytes(range(256)) + b"not a real picture, an archive does not care"


def a_package(vault: Vault, count: int = 20, others: int = 33, **changes: object) -> Package:
    """A case of `count` entries among `others` of the same site, with photo, deliveries and an earlier
    checkpoint.
    """
    plan_sha256 = sha256(PLAN_TEXT.encode()).hexdigest()
    mine = entries_of("8f2c1d7a90b34e55", count, first={"edition": plan_sha256})
    strangers = entries_of("0000000000000001", others)
    mixed = sorted((*mine, *strangers), key=lambda entry: (entry.case_seq, entry.case or ""))
    tree = Tree([ledger.leaf(entry) for entry in mixed])
    indexes = [mixed.index(entry) for entry in mine]
    old = Tree([ledger.leaf(entry) for entry in mixed[:7]])
    values: dict[str, object] = {
        "case_id": "8f2c1d7a90b34e55",
        "site_id": "site-1",
        "site_name": "滨河项目部",
        "entries": mine,
        "leaf_indexes": indexes,
        "tree_size": tree.size,
        "root": tree.root(),
        "proofs": [tree.inclusion_proof(index) for index in indexes],
        "checkpoint": vault.sign_checkpoint(Checkpoint("site-1", tree.size, tree.root(), "2026-12-01")),
        "public_key": vault.public_key,
        "plan_text": PLAN_TEXT,
        "plan_sha256": plan_sha256,
        "roster_text": "duty: 周启明\n",
        "people_in_role": [{"role": "值班员", "person": "p-duty", "name": "周启明"}],
        "photos": [Photo("现场 01.jpg", PHOTO, sha256(PHOTO).hexdigest())],
        "deliveries": [
            {"delivery": "d1", "channel": "sms", "verdict": "accepted", "attempt": 1, "reference": None}
        ],
        "review": a_review(),
        "bagging_date": "2026-12-01",
        "earlier": [
            Earlier(
                vault.sign_checkpoint(Checkpoint("site-1", 7, old.root(), "2026-11-23")),
                tree.consistency_proof(7),
            )
        ],
    }
    return Package(**{**values, **changes})  # type: ignore[arg-type]
