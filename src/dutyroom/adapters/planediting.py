"""Single values of a plan file changed, all else as it was written, comments too: `patch(text, changes) -> text`.

The text is the truth; a form is a way to change a few of its values. Knows YAML and paths, not what the values mean.
"""

import difflib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from dutyroom.core.yamltree import read_tree

# The careful reader needs a second for each 40,000 characters; a plan of 100 pages has some 200,000.
LARGEST = 400_000
_MANY_LINES = (
    3_000  # from here on, lines that come again and again are no landmarks: comparing them all takes hours
)

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A value set at a path (`("steps", 3, "clocks", "done")`); None takes it away."""

    path: Path
    value: str | int | bool | tuple[str, ...] | None


def patch(text: str, changes: Sequence[Change]) -> str | None:
    """The text with the changes made; None for a text that is no plan's YAML, too large, or has no such place."""
    tree, findings = read_tree(text) if len(text) <= LARGEST else (None, ())
    if tree is None or findings:
        return None
    try:
        root = _yaml().load(text)
        laid_out = _written(root)
        for change in changes:
            _set(root, change)
        changed = _written(root)
    # What the fast reader takes, the careful one may not; a path may name what the text does not have.
    except (YAMLError, ValueError, RecursionError, LookupError, TypeError):
        return None
    merged = _merged(text, laid_out, changed)
    return merged if read_tree(merged)[0] == read_tree(changed)[0] else changed


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 1_000_000  # a line is as long as its author made it
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _written(root: Any) -> str:
    out = io.StringIO()
    _yaml().dump(root, out)
    return out.getvalue()


def _merged(text: str, laid_out: str, changed: str) -> str:
    """The author's lines with only those replaced that the change touches.

    Writing a text anew joins what its author had broken into lines. What differs between the text written anew without
    and with the change is therefore carried back to the author's own lines, from one line both share to the next.
    """
    if text == laid_out:
        return changed
    own, base, new = (one.split("\n") for one in (text, laid_out, changed))
    autojunk = len(own) > _MANY_LINES
    shared = {-1: -1, len(base): len(own)}
    for block in difflib.SequenceMatcher(None, base, own, autojunk=autojunk).get_matching_blocks():
        shared |= {block.a + at: block.b + at for at in range(block.size)}
    for kind, i1, i2, j1, j2 in reversed(
        difflib.SequenceMatcher(None, base, new, autojunk=autojunk).get_opcodes()
    ):
        if kind != "equal":
            low = next(at for at in range(i1 - 1, -2, -1) if at in shared)
            high = next(at for at in range(i2, len(base) + 1) if at in shared)
            own[shared[low] + 1 : shared[high]] = new[j1 - (i1 - 1 - low) : j2 + (high - i2)]
    return "\n".join(own)


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
