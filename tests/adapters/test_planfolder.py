"""A plan folder read as one: one bad cell of the workbook is one thing to mend, not one for each post."""

import shutil
from pathlib import Path

from openpyxl import load_workbook

from dutyroom.adapters.planfolder import PEOPLE, load

FOLDER = Path(__file__).parents[2] / "plans/holiday-duty"


def test_a_good_folder_binds_everybody() -> None:
    loaded = load(FOLDER)
    assert loaded.findings == ()
    assert loaded.in_force() is not None


def test_one_bad_cell_is_not_said_again_of_every_post(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(FOLDER, folder)
    workbook = load_workbook(folder / PEOPLE)
    sheet, cell = next(
        (sheet, cell)
        for sheet in workbook.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if str(cell.value or "").startswith("1380000")
    )
    sheet[cell.coordinate] = "no number"
    workbook.save(folder / PEOPLE)
    loaded = load(folder)
    assert loaded.in_force() is None
    assert len(loaded.findings) == 1
    assert loaded.findings[0].place.startswith(PEOPLE)
