"""Rosters made and mended: solver, evaluator and proof of cover brought together. Everything here gives proposals."""

from dutyroom.wiring.rostering.judging import Judged, judge, stands
from dutyroom.wiring.rostering.making import Made, make
from dutyroom.wiring.rostering.mending import Absence, Alternative, Mended, mend
from dutyroom.wiring.rostering.reading import Folder, read_folder

__all__ = [
    "Absence", "Alternative", "Folder", "Judged", "Made", "Mended", "judge", "make", "mend", "read_folder", "stands",
]  # fmt: skip
