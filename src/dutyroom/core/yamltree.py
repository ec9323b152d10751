"""YAML text to mappings and lists that know on which line each of their parts stands: `read_tree(text)`.

The subset is small on purpose: one document, plain keys, no anchors and aliases (a few lines of them can grow without
end), no tags, no deep nesting. Scalars follow the core schema of YAML 1.2, so that 18:00 stays a text and `no` a word.
The text is read as a stream of events, never by recursion, so no input can exhaust the stack.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from dutyroom.core.findings import Finding

LARGEST = 2_000_000
DEEPEST = 40

Path = Sequence[str | int]
Position = tuple[int, int]  # line and column, from 1

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE, _FALSE = frozenset({"true", "True", "TRUE"}), frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}\Z")
_FLOAT = re.compile(r"[-+]?([0-9]{1,18}\.[0-9]*|\.[0-9]+|[0-9]{1,18})([eE][-+]?[0-9]{1,3})?\Z")
_LONE = re.compile("[\ud800-\udfff]")
# A key, or a list item's key, followed by the colon of a Chinese keyboard; on one line, or many empty lines would be
# looked through again from each of them.
_FULL_WIDTH = re.compile(
    r"(?:^[^\S\n]*(?:-[^\S\n]+)*|[{,][^\S\n]*)([A-Za-z_][\w-]*)[^\S\n]*(：)", re.MULTILINE
)


class Branch(dict[str, Any]):
    """A mapping that knows where it and each of its keys stand."""

    __slots__ = ("at", "keys_at")

    def __init__(self, at: Position) -> None:
        self.at = at
        self.keys_at: dict[str, Position] = {}


class Listing(list[Any]):
    """A list that knows where it and each of its items stand."""

    __slots__ = ("at", "items_at")

    def __init__(self, at: Position) -> None:
        self.at = at
        self.items_at: list[Position] = []


def read_tree(text: str) -> tuple[Branch | None, tuple[Finding, ...]]:
    """The outermost mapping, or None with the findings that say why the text is not one."""
    if len(text) > LARGEST:
        return None, (Finding("plan.too_large", "error", "1:1", {"limit": LARGEST}),)
    if (lone := _LONE.search(text)) is not None:
        place = _place(_line_and_column(text, lone.start()))
        return None, (
            Finding("plan.not_yaml", "error", place, {"problem": "half a character (U+D800..U+DFFF)"}),
        )
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.CLoader):
            if not builder.take(event):
                break
    except yaml.YAMLError as error:
        return None, (*builder.findings, _unreadable(text, error))
    if builder.findings and builder.broken:
        return None, tuple(builder.findings)
    if not isinstance(builder.root, Branch):
        return None, (*builder.findings, *(_full_width(text) or [Finding("plan.not_a_plan", "error", "1:1")]))
    return builder.root, (*builder.findings, *_full_width(text))


def place_of(tree: Any, path: Path) -> str:
    """`line:column` of the deepest part of the path that the file has."""
    line, column = position_of(tree, path)
    return f"{line}:{column}"


def position_of(tree: Any, path: Path) -> Position:
    """Line and column of the deepest part of the path that the file has."""
    at = (1, 1)
    for name in path:
        if isinstance(tree, Branch) and name in tree.keys_at:
            at, tree = tree.keys_at[str(name)], tree[str(name)]
        elif isinstance(tree, Listing) and isinstance(name, int) and name < len(tree):
            at, tree = tree.items_at[name], tree[name]
        else:
            break
    return at


def positions(tree: Any, path: str = "") -> Iterator[tuple[str, Position]]:
    """Every place in the tree as (`steps.3.clocks.done`, position)."""
    if isinstance(tree, Branch):
        for key, value in tree.items():
            yield f"{path}{key}", tree.keys_at[key]
            yield from positions(value, f"{path}{key}.")
    elif isinstance(tree, Listing):
        for number, value in enumerate(tree):
            yield f"{path}{number}", tree.items_at[number]
            yield from positions(value, f"{path}{number}.")


class _Builder:
    """Takes events one by one and hangs their values into the tree."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.broken = False
        self.root: Any = None
        self._open: list[Branch | Listing] = []
        self._keys: list[tuple[str, Position] | None] = []
        self._begun = False

    def take(self, event: Any) -> bool:
        """Whether to go on reading."""
        at = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            return self._document(at)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return self._break("plan.alias", at, name=str(event.anchor))
        if getattr(event, "tag", None) not in (None, "!"):
            return self._break("plan.tag", at, name=str(event.tag)[:40])
        if isinstance(event, yaml.ScalarEvent):
            self._put(event.value if event.style else _plain(event.value), at, str(event.value))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            return self._begin(Branch(at) if isinstance(event, yaml.MappingStartEvent) else Listing(at))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._open.pop()
            self._keys.pop()
        return True

    def _document(self, at: Position) -> bool:
        if self._begun:
            return self._break("plan.second_document", at)
        self._begun = True
        return True

    def _begin(self, value: Branch | Listing) -> bool:
        if len(self._open) >= DEEPEST:
            return self._break("plan.too_deep", value.at, limit=DEEPEST)
        if self._open and isinstance(self._open[-1], Branch) and self._keys[-1] is None:
            return self._break("plan.not_a_key", value.at)
        self._put(value, value.at, "")
        self._open.append(value)
        self._keys.append(None)
        return True

    def _put(self, value: Any, at: Position, written: str) -> None:
        if not self._open:
            self.root = value
            return
        parent = self._open[-1]
        if isinstance(parent, Listing):
            parent.append(value)
            parent.items_at.append(at)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = (written, at)
        else:
            self._keys[-1] = None
            self._pair(parent, *key, value)

    def _pair(self, parent: Branch, key: str, at: Position, value: Any) -> None:
        if key in parent:
            first = f"{parent.keys_at[key][0]}"
            self.findings.append(
                Finding("plan.duplicate_key", "error", _place(at), {"key": key[:80], "line": first})
            )
            return
        parent[key] = value
        parent.keys_at[key] = at

    def _break(self, code: str, at: Position, **fields: str | int) -> bool:
        self.findings.append(Finding(code, "error", _place(at), fields))
        self.broken = True
        return False


def _plain(text: str) -> Any:
    """A scalar without quotes, by the core schema."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text


def _place(at: Position) -> str:
    return f"{at[0]}:{at[1]}"


def _unreadable(text: str, error: yaml.YAMLError) -> Finding:
    """The likeliest cause: a tab, the colon of a Chinese keyboard, or whatever the reader of YAML says."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else _character(text, error)
    written = (text.splitlines() or [""])[min(line, text.count("\n") + 1) - 1 :][:1]
    indent = re.match(r"\s*", written[0] if written else "")
    if indent and "\t" in indent[0]:
        return Finding("plan.tab", "error", f"{line}:{indent[0].index(chr(9)) + 1}")
    wide = [found for found in _full_width(text) if int(found.place.split(":")[0]) <= line]
    if wide:
        return wide[-1]
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or ""
    return Finding("plan.not_yaml", "error", f"{line}:{column}", {"problem": str(problem)[:200]})


def _character(text: str, error: yaml.YAMLError) -> Position:
    """Where a character stands that YAML does not allow at all."""
    at = next(
        (n for n, sign in enumerate(text) if (sign < " " and sign not in "\t\n\r") or sign == "\x7f"), 0
    )
    return _line_and_column(text, at)


def _line_and_column(text: str, at: int) -> Position:
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _full_width(text: str) -> list[Finding]:
    """Keys that are followed by `：`, so that YAML takes key and value for one text."""
    found = []
    for match in _FULL_WIDTH.finditer(text):
        place = _place(_line_and_column(text, match.start(2)))
        found.append(Finding("plan.full_width_colon", "error", place, {"key": match[1][:80]}))
    return found
