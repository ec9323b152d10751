"""Makes people.xlsx of every starter plan that has none of its own maker. Everybody in them is invented.

Run `python plans/make_people.py [FOLDER ...]`; the same lists come out each time. Who holds which post is the roster's,
what a post is called the plan's; here each staff number gets a name of its own and a number of the pattern
1380000xxxx that is not to be called. The layout is that of the reference plan's list.
"""

import runpy
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

PLANS = Path(__file__).parent
LAYOUT = runpy.run_path(str(PLANS / "sanitation-project" / "make_people.py"))
SURNAMES = "钱孙褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
GIVEN = (
    "建平", "秀珍", "志远", "桂兰", "海峰", "丽华", "国栋", "春燕", "永强", "玉洁", "文涛", "红梅",
    "大江", "晓琴", "立新", "凤英", "振华", "素芬", "少华", "美玲", "长顺", "淑敏", "宏伟", "爱民",
)  # fmt: skip


def people(folder: Path) -> Iterator[tuple[object, ...]]:
    """The rows of a folder's list in the order of its roster, each as the cells of its row."""
    posts, unit = _posts(folder), _plan(folder)["plan"]["unit"]["zh"]
    for index, (number, held) in enumerate(posts.items(), 1):
        outside = number.startswith("S")
        yield (
            index, number, _name(folder.name, index), "上级" if outside else unit, held[0], "、".join(held),
            f"1380000{index:04d}", None, None, "中文", None,
        )  # fmt: skip


def _posts(folder: Path) -> dict[str, list[str]]:
    """Every staff number of the roster with the names of the posts that it holds."""
    roster: Any = YAML(typ="safe").load(folder / "roster.yaml")
    names = {role: one["name"]["zh"] for role, one in _plan(folder)["roles"].items()}
    found: dict[str, list[str]] = {}
    held = [(role, persons) for role, persons in roster["posts"].items()]
    held += [(block["post"], turn) for block in roster.get("duty") or () for turn in block["turn"]]
    for role, persons in held:
        for number in persons:
            of_person = found.setdefault(number, [])
            if names[role] not in of_person:
                of_person.append(names[role])
    return found


def _plan(folder: Path) -> Any:
    return YAML(typ="safe").load(folder / "plan.yaml")


def _name(folder: str, index: int) -> str:
    """No two of a list have the same name: surname and given name step through lists of coprime length."""
    start = sum(map(ord, folder))
    return SURNAMES[(start + index) % len(SURNAMES)] + GIVEN[(start + 5 * index) % len(GIVEN)]


def make(folder: Path) -> bytes:
    """The workbook of a folder. Dates inside it are fixed, so that it only changes when the list does."""
    rows = list(people(folder))
    made: bytes = LAYOUT["make"](rows, _plan(folder)["plan"]["unit"]["zh"])
    return made


def folders() -> Sequence[Path]:
    """The starter plans without a maker of their own."""
    found = sorted(file.parent for file in PLANS.glob("*/plan.yaml"))
    return [folder for folder in found if not (folder / "make_people.py").exists()]


if __name__ == "__main__":
    for chosen in map(Path, sys.argv[1:]) if len(sys.argv) > 1 else folders():
        (chosen / "people.xlsx").write_bytes(make(chosen))
