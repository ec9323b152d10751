"""One pass over a file's tree, collecting faults: what every file of the organisation's has in common.

A path leads to each value, so that a fault knows its line. `area` begins the codes of its findings.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from dutyroom.core.findings import Finding
from dutyroom.core.yamltree import Branch, Listing, place_of

Path = tuple[str | int, ...]


@dataclass(slots=True)
class TreeReading:
    """See the module. Kinds of values that only one kind of file has are read by its own subclass."""

    tree: Branch
    findings: list[Finding] = field(default_factory=list)

    area: ClassVar[str] = ""

    def find(self, code: str, path: Path, severity: str = "error", **fields: str | int) -> None:
        self.findings.append(Finding(f"{self.area}.{code}", severity, place_of(self.tree, path), fields))

    def at(self, path: Path) -> Any:
        """The value at the path, which is there."""
        value: Any = self.tree
        for name in path:
            value = value[name]
        return value

    def keys(self, path: Path, needed: tuple[str, ...], known: tuple[str, ...]) -> dict[str, Any]:
        """The known keys that have a value; unknown and missing ones are faults."""
        value = self.at(path)
        if not isinstance(value, Branch):
            self.find("not_mapping", path)
            return {}
        for key in value:
            if key not in known:
                self.find("unknown_key", (*path, key), key=key[:40], known=", ".join(known))
        for key in needed:
            if value.get(key) is None:
                self.find("missing_key", path, key=key)
        return {key: each for key, each in value.items() if each is not None and key in known}

    def items(self, path: Path) -> Iterator[Path]:
        """The paths of a list's entries."""
        value = self.at(path)
        if not isinstance(value, Listing):
            self.find("not_list", path)
            return
        yield from ((*path, number) for number in range(len(value)))
