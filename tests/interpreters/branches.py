"""Every branch of the rules, found in their source, and the rules with one of them taken out.

A branch is the body of an `if`, `elif`, `else` or `case` in `core/decide`. Taken out, its condition is still asked, and
nothing follows. Branches are known by what they say, never by where they stand, so they follow the source.
"""

import ast
import inspect
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

from dutyroom.core import decide

FOLDER = Path(decide.__file__).parent
MODULES = tuple(sorted(file.stem for file in FOLDER.glob("*.py")))


@dataclass(frozen=True)
class Branch:
    """One branch. `name` is the function and what the branch says; `line` is where its body begins, for coverage."""

    name: str
    module: str
    function: str
    line: int
    broken: CodeType

    @contextmanager
    def taken_out(self) -> Iterator[None]:
        """The rules without it, for as long as the block lasts."""
        function = _function(self.module, self.function)
        whole = function.__code__
        function.__code__ = self.broken
        try:
            yield
        finally:
            function.__code__ = whole


def branches() -> tuple[Branch, ...]:
    """All branches of `core/decide`, by module and place."""
    return tuple(branch for module in MODULES for branch in _of_module(module))


@contextmanager
def watched() -> Iterator[set[tuple[str, int]]]:
    """The lines of the rules that are passed through, as (module, line)."""
    lines: set[tuple[str, int]] = set()
    files = {str(FOLDER / f"{name}.py"): name for name in MODULES}

    def enter(frame: FrameType, event: str, _: Any) -> Any:
        module = files.get(frame.f_code.co_filename)
        if module is None:
            return None

        def step(frame: FrameType, event: str, _: Any) -> Any:
            lines.add((module, frame.f_lineno))
            return step

        return step

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield lines
    finally:
        sys.settrace(before)


def _of_module(module: str) -> Iterator[Branch]:
    file = FOLDER / f"{module}.py"
    tree = ast.parse(file.read_text(encoding="utf-8"))
    seen: Counter[str] = Counter()
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for name, owner, part in _bodies(function):
            body = getattr(owner, part)
            setattr(owner, part, [ast.copy_location(ast.Pass(), body[0])])
            broken = _code(compile(ast.fix_missing_locations(tree), str(file), "exec"), function.name)
            setattr(owner, part, body)
            full = f"{module}.{function.name}: {name}"
            seen[full] += 1
            number = f" ({seen[full]})" if seen[full] > 1 else ""
            yield Branch(full + number, module, function.name, body[0].lineno, broken)


def _bodies(function: ast.FunctionDef) -> Iterator[tuple[str, ast.AST, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.If):
            said = ast.unparse(node.test)
            yield f"if {said}", node, "body"
            if node.orelse and not (len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)):
                yield f"else of if {said}", node, "orelse"
        elif isinstance(node, ast.match_case):
            yield f"case {ast.unparse(node.pattern)}", node, "body"


def _code(module: CodeType, function: str) -> CodeType:
    return next(one for one in module.co_consts if isinstance(one, CodeType) and one.co_name == function)


def _function(module: str, name: str) -> FunctionType:
    package = "dutyroom.core.decide"
    found = getattr(import_module(package if module == "__init__" else f"{package}.{module}"), name)
    function = inspect.unwrap(found)
    assert isinstance(function, FunctionType)
    return function
