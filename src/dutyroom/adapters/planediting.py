"""Single values of a plan file changed, all else as it was written, comments too: `patch(text, changes) -> text`.

The text is the truth; a form is a way to change a few of its values. Knows YAML and paths, not what the values mean.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from dutyroom.core.yamltree import read_tree

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A value set at a path (`("steps", 3, "clocks", "done")`); None takes it away."""

    path: Path
    value: str | int | bool | tuple[str, ...] | None


def patch(text: str, changes: Sequence[Change]) -> str | None:
    """The text with the changes made; None for a text that is no plan's YAML, or has no such place."""
    tree, findings = read_tree(text)
    if tree is None or findings:
        return None
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 1_000_000  # a line is as long as its author made it
    yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        root = yaml.load(text)
        for change in changes:
            _set(root, change)
        out = io.StringIO()
        yaml.dump(root, out)
    # What the fast reader takes, the careful one may not; a path may name what the text does not have.
    except (YAMLError, ValueError, RecursionError, LookupError, TypeError):
        return None
    return out.getvalue()


def _set(root: Any, change: Change) -> None:
    *way, last = change.path
    here = root
    for name in way:
        if isinstance(here, CommentedMap) and name not in here:
            if change.value is None:
                return
            here[name] = _flowing(CommentedMap())
        here = here[name]
    if change.value is None:
        if isinstance(here, CommentedMap):
            here.pop(last, None)
        else:
            del here[last]
    else:
        here[last] = _value(_before(here, last), change.value)


def _value(before: Any, value: str | int | bool | tuple[str, ...]) -> Any:
    """A list stays in the style it was written in; a text keeps its quotes where it had some."""
    if isinstance(value, tuple):
        found = CommentedSeq(value)
        if not isinstance(before, CommentedSeq) or before.fa.flow_style():
            found.fa.set_flow_style()
        return found
    if isinstance(value, str) and isinstance(before, str):
        return type(before)(value)
    return value


def _flowing(value: CommentedMap) -> CommentedMap:
    value.fa.set_flow_style()
    return value


def _before(here: Any, last: str | int) -> Any:
    """What stands there now. A place behind the end of a list raises IndexError."""
    return here.get(last) if isinstance(here, CommentedMap) else here[last]
