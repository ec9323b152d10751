"""A plan rehearsed: scripted people under a virtual clock, and the transcript of what the plan then does.

The same `decide` and `settle` as the live interpreter, so a drill shows what would happen, not what somebody thinks
would. It has no couriers and can have none: calls are events, and the script says who answers them.
"""

from dutyroom.interpreters.drill.demands import Unkept
from dutyroom.interpreters.drill.rehearsal import Drilled, Refused, rehearse
from dutyroom.interpreters.drill.script import Script, read_script
from dutyroom.interpreters.drill.transcript import transcript

__all__ = ["Drilled", "Refused", "Script", "Unkept", "read_script", "rehearse", "transcript"]
