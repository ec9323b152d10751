"""One small finished case with everything a review and an archive can hold. All names and events are invented."""

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
            TimelineRow(OPENED + 900_000, "安全员", "𠮷田 #panic() *粗* [链接] $x$ @值班", "到场 <b>x</b> \\ `code` // 注", "S22"),
        ),
        "obligations": (
            ObligationRow("S21", "值班室告知组长", "值班员", OPENED + 300_000, OPENED + 60_000, Verdict.KEPT, Clock.HARD),
            ObligationRow("S23", "每 30 分钟报进展", "现场指挥", OPENED + HOUR, OPENED + HOUR + 720_000, Verdict.LATE, Clock.HARD, 12),
            ObligationRow("S16", "立即报告", "班组长", OPENED + 600_000, None, Verdict.MISSED, Clock.SOFT),
            ObligationRow("S13", "发布情况说明", "新闻发言人", OPENED + 2 * HOUR, None, Verdict.WAIVED, Clock.DEFAULT),
            ObligationRow("S25", "七日内复盘", "项目经理", None, None, Verdict.OPEN, Clock.HARD),
        ),
        "worked": ("第一次呼叫 60 秒内有人应答。", "三个小组同时展开，互不等待。"),
        "open_points": ("路口反光锥数量不足，未查明原因。",),
        "actions": (
            ActionRow("每车配反光锥 6 个", "班组长", "何立夏", OPENED + 200 * HOUR, "领用单", ActionState.EFFECTIVE),
            ActionRow("路口作业改为两人一组", "项目经理", "陆怀远", OPENED + 300 * HOUR, "", ActionState.OVERDUE),
        ),
        "facts": (
            FactRow("S24", "班组长", "何立夏", "18:10 前未报告，18:40 由他人报告", Grade.RECORD, "当时在送伤员，手机没电。"),
            FactRow("S24", "现场指挥", "陆怀远", "一次进展迟 12 分钟", Grade.STATEMENT),
        ),
    }  # fmt: skip
    return Review(**{**values, **changes})  # type: ignore[arg-type]
