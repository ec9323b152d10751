"""A plan rehearsed: scripted people under a virtual clock, or many incidents by chance, and what the plan then does.

The same `decide` and `settle` as the live interpreter, so a drill shows what would happen, not what somebody thinks
would. It has no couriers and can have none: calls are events, and the script, or chance, says who answers them.
"""

from dutyroom.interpreters.drill.chances import Chances, default_chances, read_chances
from dutyroom.interpreters.drill.changes import compare
from dutyroom.interpreters.drill.demands import Unkept
from dutyroom.interpreters.drill.incident import set_up
from dutyroom.interpreters.drill.rehearsal import Drilled, Refused, rehearse
from dutyroom.interpreters.drill.sampling import run_many
from dutyroom.interpreters.drill.script import Script, read_script
from dutyroom.interpreters.drill.transcript import transcript

__all__ = [
    "Chances",
    "Drilled",
    "Refused",
    "Script",
    "Unkept",
    "compare",
    "default_chances",
    "read_chances",
    "read_script",
    "rehearse",
    "run_many",
    "set_up",
    "transcript",
]
