"""What a page server's process loads: the application, and an end when the process that started it is gone."""

from dutyroom.web.wsgi import application
from dutyroom.wiring.service import end_with_parent

__all__ = ["application"]

end_with_parent()
