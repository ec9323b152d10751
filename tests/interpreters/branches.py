"""Every branch of the rules, found in their source, and the rules with one of them taken out.

A branch is the body of an `if`, `elif`, `else` or `case` in `core/decide`. Taken out, its condition is still asked, and
nothing follows. Branches are known by what they say, never by where they stand, so they follow the source.
"""

import ast
import inspect
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from dutyroom.core import decide

FOLDER = Path(decide.__file__).parent
MODULES = tuple(sorted(file.stem for file in FOLDER.glob("*.py")))
_PROBE = "_passed_through"


@dataclass(frozen=True)
class Branch:
    """One branch. `name` is its function and what it says; `broken` is the function's code without it."""

    name: str
    module: str
    function: str
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
    found: list[Branch] = []
    for module, function in _functions():
        for name, owner, part in _bodies(module, function):
            body = getattr(owner, part)
            setattr(owner, part, [ast.copy_location(ast.Pass(), body[0])])
            found.append(Branch(name, module, function.name, _compiled(module, function)))
            setattr(owner, part, body)
    return tuple(found)


@contextmanager
def watched() -> Iterator[set[str]]:
    """The names of the branches that are passed through inside the block."""
    passed: set[str] = set()
    whole: list[tuple[FunctionType, CodeType]] = []
    for module, function in _functions():
        for name, owner, part in list(_bodies(module, function)):
            noting = ast.Expr(ast.Call(ast.Name(_PROBE, ast.Load()), [ast.Constant(name)], []))
            body = getattr(owner, part)
            body.insert(0, ast.copy_location(noting, body[0]))
        running = _function(module, function.name)
        whole.append((running, running.__code__))
        running.__code__ = _compiled(module, function)
        running.__globals__[_PROBE] = passed.add
    try:
        yield passed
    finally:
        for running, code in whole:
            running.__code__ = code
            running.__globals__.pop(_PROBE, None)


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for module in MODULES:
        tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
        yield from ((module, node) for node in tree.body if isinstance(node, ast.FunctionDef))


def _bodies(module: str, function: ast.FunctionDef) -> Iterator[tuple[str, ast.AST, str]]:
    """Each branch's name, and where its body hangs. What says the same twice in a function is numbered."""
    seen: Counter[str] = Counter()
    for said, owner, part in list(_said(function)):
        seen[said] += 1
        number = f" ({seen[said]})" if seen[said] > 1 else ""
        yield f"{module}.{function.name}: {said}{number}", owner, part


def _said(function: ast.FunctionDef) -> Iterator[tuple[str, ast.AST, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.If):
            said = ast.unparse(node.test)
            yield f"if {said}", node, "body"
            if node.orelse and not (len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)):
                yield f"else of if {said}", node, "orelse"
        elif isinstance(node, ast.match_case):
            yield f"case {ast.unparse(node.pattern)}", node, "body"


def _compiled(module: str, function: ast.FunctionDef) -> CodeType:
    """The function's own code; what decorates it stays as it is."""
    tree = ast.fix_missing_locations(ast.Module([function], []))
    code = compile(tree, str(FOLDER / f"{module}.py"), "exec")
    return next(one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == function.name)


def _function(module: str, name: str) -> FunctionType:
    function = inspect.unwrap(getattr(_module(module), name))
    assert isinstance(function, FunctionType)
    return function


def _module(name: str) -> ModuleType:
    return import_module(decide.__name__ if name == "__init__" else f"{decide.__name__}.{name}")
