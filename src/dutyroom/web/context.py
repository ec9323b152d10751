"""What every page knows: language, who is signed in, whether this is a demonstration."""

from django.conf import settings

from dutyroom.web.access import class_of
from dutyroom.web.visit import Visit


def page(request: Visit) -> dict[str, object]:
    """The context processor named in the settings."""
    language = getattr(request, "language", "zh")
    return {
        "language": language,
        "html_language": "zh-CN" if language == "zh" else "en",
        "person": getattr(request, "person", None),
        "device": getattr(request, "device", None),
        "leads": lambda: class_of(request) in ("leader", "superior"),
        "demo": settings.DEMO,
        "clock_speed": f"{settings.SPEED:g}" if settings.SPEED != 1 else "",
        "here": request.get_full_path() if request.method == "GET" else request.path,
    }
