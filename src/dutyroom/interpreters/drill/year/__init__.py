"""A year of duty under a virtual clock: every day opened, handed over, reported; what goes wrong stands in a scenario.

The rules are those of earnest: `decide`, `settle`, `duties`. `watch` looks at the same time whether what must always
hold does hold. Calls nobody.
"""

from dutyroom.interpreters.drill.year.account import Account, year_data
from dutyroom.interpreters.drill.year.playing import Year, play_year
from dutyroom.interpreters.drill.year.scenario import Scenario, plain_year, read_scenario
from dutyroom.interpreters.drill.year.transcript import year_transcript

__all__ = [
    "Account",
    "Scenario",
    "Year",
    "plain_year",
    "play_year",
    "read_scenario",
    "year_data",
    "year_transcript",
]
