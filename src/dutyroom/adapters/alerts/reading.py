"""Which form a warning has, and what it says: bytes -> `Alert`, or findings that say what is wrong and how to mend it.

Everything that comes from outside is distrusted: it has a largest size, must be text, and never raises.
"""

from zoneinfo import ZoneInfo

from dutyroom.adapters.alerts.cap import read_cap
from dutyroom.adapters.alerts.json_feed import read_json
from dutyroom.core.alerts import Alert
from dutyroom.core.findings import Finding

LARGEST = 512_000
CHINA = ZoneInfo("Asia/Shanghai")

Read = tuple[Alert | None, tuple[Finding, ...]]


def read_alert(content: bytes, zone: ZoneInfo = CHINA) -> Read:
    """The alert, and what is wrong; an alert may come with warnings. Times without an offset are the zone's."""
    if len(content) > LARGEST:
        return None, (Finding("alert.too_large", "error", "", {"limit": LARGEST // 1000}),)
    text = _text(content)
    if text is None:
        return None, (Finding("alert.not_text", "error", ""),)
    if not text.strip():
        return None, (Finding("alert.empty", "error", ""),)
    sign = text.lstrip()[0]
    if sign == "<":
        return read_cap(text, zone)
    if sign == "{":
        return read_json(text, zone)
    return None, (Finding("alert.unknown_form", "error", ""),)


def _text(content: bytes) -> str | None:
    """UTF-8, with or without a mark, or GB 18030, in which older Chinese systems write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
