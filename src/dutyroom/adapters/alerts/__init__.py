"""Outside warnings as they arrive: CAP 1.2, the Chinese form of it, a small JSON feed. `read_alert(content)`."""

from dutyroom.adapters.alerts.reading import LARGEST, read_alert

__all__ = ["LARGEST", "read_alert"]
