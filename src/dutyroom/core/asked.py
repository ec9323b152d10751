"""The commands that a case has already seen, in order, so that the same command twice is once.

A long case has thousands. `Commands` is a value, but the value after it shares what both have: to note one more costs
the same however many there are, and so does to look for one.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Commands(Sequence[str]):
    """Identifiers of commands, oldest first. Immutable to its readers."""

    __slots__ = ("_first_at", "_length", "_may_extend", "_names")

    def __init__(self, names: Iterable[str] = ()) -> None:
        # What values share only grows; each reads of it no more than was there when the value was made.
        self._names = list(names)
        self._first_at: dict[str, int] = {}
        for place, name in enumerate(self._names):
            self._first_at.setdefault(name, place)
        self._length = len(self._names)
        # The first value made from this one may write behind what is shared; any other has to copy. Whoever takes the
        # only thing out of the list is the first, on any number of threads.
        self._may_extend = [True]

    def with_one(self, name: str) -> "Commands":
        """These and one more."""
        try:
            self._may_extend.pop()
        except IndexError:
            return Commands([*self, name])
        made = Commands.__new__(Commands)
        made._names, made._first_at = self._names, self._first_at
        made._names.append(name)
        made._first_at.setdefault(name, self._length)
        made._length, made._may_extend = self._length + 1, [True]
        return made

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._first_at.get(name, self._length) < self._length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[str]:
        return iter(self._names[: self._length])

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self._names[one] for one in range(*place.indices(self._length))]
        return self._names[range(self._length)[place]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Commands):
            return NotImplemented
        return self._names[: self._length] == other._names[: other._length]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Commands({self._names[: self._length]!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """In JSON a list."""
        plain = handler.generate_schema(list[str])
        return core_schema.no_info_after_validator_function(
            cls,
            plain,
            serialization=core_schema.plain_serializer_function_ser_schema(list, return_schema=plain),
        )
