"""The common things of a plan as form fields: read from its text, and what was typed into them as changes of it.

The text is the truth; a form only shows and changes single values of it. Knows the tree as it is written, not the plan,
so that a form works while other parts of the text are still wrong. Which value is good is the checker's to say.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dutyroom.adapters.planediting import Change, Path
from dutyroom.core.plan import RUNS_AS, VERBS
from dutyroom.core.yamltree import Branch, Listing
from dutyroom.web.forms_input import clean
from dutyroom.wording import say

FIELD = "f."
_MOST_RUNGS = 4


@dataclass(frozen=True, slots=True)
class FormPart:
    """A part that has a form: its address in the tree, and what it is called."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class FormField:
    """One value. `kind`: text, long, number, pick (one of `options`), order (several of them, in order)."""

    name: str
    label: str
    kind: str
    path: Path
    value: Any
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""

    @property
    def slots(self) -> tuple[tuple[str, str], ...]:
        """The selects of an ordered choice: name and chosen value, with one free place."""
        chosen = [*self.value, ""][:_MOST_RUNGS] if isinstance(self.value, list | tuple) else []
        return tuple((f"{self.name}.{number}", value) for number, value in enumerate(chosen))


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one text, in one language."""

    tree: Branch
    language: str

    def parts(self) -> list[tuple[str, list[FormPart]]]:
        """What has a form, by heading."""
        roles = [FormPart(f"roles.{name}", self.named(one, name)) for name, one in self.pairs("roles")]
        levels = [FormPart(f"levels.{at}", self.named(one, at)) for at, one in self.items("levels")]
        steps = [FormPart(f"steps.{at}", self.titled(one, at)) for at, one in self.items("steps")]
        clauses = [FormPart(f"clauses.{at}", str(one.get("id", at))) for at, one in self.items("clauses")]
        heads = (
            ("planning.part.head", [FormPart("plan", self.say("planning.part.head"))]),
            ("planning.part.words", [FormPart("defaults", self.say("planning.part.words"))]),
            ("planning.part.roles", roles),
            ("planning.part.levels", levels),
            ("planning.part.steps", steps),
            ("planning.part.clauses", clauses),
        )
        return [(self.say(code), parts) for code, parts in heads if parts]

    def fields(self, part: str) -> list[FormField]:
        """The fields of one part; none for a part that the text does not have."""
        head, _, rest = part.partition(".")
        makers = {
            "plan": self._head, "defaults": self._words, "roles": self._role, "levels": self._level,
            "steps": self._step, "clauses": self._clause,
        }  # fmt: skip
        one = self.at(part)
        if head not in makers or not isinstance(one, Branch) or (head in ("plan", "defaults") and rest):
            return []
        return list(makers[head](one, rest))

    def at(self, part: str) -> Any:
        """What stands at `steps.3`; None where nothing does."""
        here: Any = self.tree
        for name in part.split(".", 1):
            if isinstance(here, Branch):
                here = here.get(name)
            elif isinstance(here, Listing) and name.isdigit() and int(name) < len(here):
                here = here[int(name)]
            else:
                return None
        return here

    def line(self, part: str) -> int:
        """The line on which the part begins."""
        return int(getattr(self.at(part), "at", (1, 1))[0])

    # ---- the fields of each kind of part

    def _head(self, one: Branch, _: str) -> Iterator[FormField]:
        yield from self._both(one, ("plan", "title"), "title")
        yield from self._both(one, ("plan", "unit"), "unit")
        for key in ("number", "version", "issued"):
            yield self._field(("plan", key), "text", one.get(key))

    def _words(self, one: Branch, _: str) -> Iterator[FormField]:
        words = one.get("words")
        for word, meaning in words.items() if isinstance(words, Branch) else ():
            if isinstance(meaning, Branch):
                path: Path = ("defaults", "words", word, "within")
                yield FormField(
                    _name(path), f"“{word}”", "text", path, meaning.get("within"), hint=self.hint()
                )
        for key in ("done", "ask_again", "ring_again"):
            path = ("defaults", key)
            yield FormField(
                _name(path), self.say(f"plan.{key}"), "text", path, one.get(key), hint=self.hint()
            )
        yield self._roles_field(("defaults", "last_rung"), one.get("last_rung"), "plan.last_rung", "pick")

    def _role(self, one: Branch, name: str) -> Iterator[FormField]:
        yield from self._both(one, ("roles", name, "name"), "name")
        yield self._roles_field(
            ("roles", name, "deputies"), one.get("deputies"), "planning.f.deputies", "order"
        )

    def _level(self, one: Branch, rest: str) -> Iterator[FormField]:
        number = int(rest)
        yield from self._both(one, ("levels", number, "name"), "name")
        for join in ("any", "all"):
            criteria = one.get(join)
            for at, criterion in enumerate(criteria if isinstance(criteria, Listing) else ()):
                if isinstance(criterion, Branch) and "fact" in criterion and "true" not in criterion:
                    yield from self._edges(criterion, ("levels", number, join, at))

    def _edges(self, one: Branch, path: Path) -> Iterator[FormField]:
        fact = (
            self.tree.get("facts", {}).get(str(one["fact"]))
            if isinstance(self.tree.get("facts"), Branch)
            else None
        )
        name = self.named(fact, str(one["fact"]))
        for key in ("at_least", "below"):
            label = f"{name}：{self.say(f'planning.f.{key}')} {one.get('unit') or ''}"
            yield FormField(_name((*path, key)), label, "number", (*path, key), one.get(key))

    def _step(self, one: Branch, rest: str) -> Iterator[FormField]:
        base: Path = ("steps", int(rest))
        yield from self._both(one, (*base, "title"), "title")
        if "each" not in one:
            who = one.get("who")
            several = isinstance(who, Listing) and len(who) > 1
            value = who if several else (who[0] if isinstance(who, Listing) and who else who)
            yield self._roles_field((*base, "who"), value, "planning.f.who", "order" if several else "pick")
        clocks = one.get("clocks")
        for verb in VERBS:
            written = clocks.get(verb) if isinstance(clocks, Branch) else None
            inner = next(
                (key for key in ("default", "within") if isinstance(written, Branch) and key in written), ""
            )
            path: Path = (*base, "clocks", str(verb), *([inner] if inner else []))
            value = written.get(inner) if isinstance(written, Branch) and inner else written
            label = self.say("planning.f.clock", verb=self.say(f"verb.{verb}"))
            if inner == "default":
                label = f"{label} · {self.say('planning.clock.short.default')}"
            yield FormField(_name(path), label, "text", path, value, hint=self.hint())
        yield self._roles_field((*base, "ladder"), one.get("ladder"), "planning.f.ladder", "order")
        if isinstance(one.get("repeat"), Branch):
            yield self._field((*base, "repeat", "every"), "text", one["repeat"].get("every"))

    def _clause(self, one: Branch, rest: str) -> Iterator[FormField]:
        base: Path = ("clauses", int(rest))
        yield from self._both(one, (*base, "text"), "text", "long")
        options = tuple((name, self.say(f"plan.runs_as.{name}")) for name in RUNS_AS)
        path: Path = (*base, "runs_as")
        value = one.get("runs_as") or "rules"
        yield FormField(_name(path), self.say("planning.f.runs_as"), "pick", path, value, options)
        yield self._field((*base, "chapter"), "text", one.get("chapter"))
        yield from self._both(one, (*base, "note"), "note", "long")

    # ---- small parts

    def _both(self, one: Branch, path: Path, key: str, kind: str = "text") -> Iterator[FormField]:
        """A text in both languages, or the one text that stands for both."""
        value = one.get(key)
        label = self.say(f"planning.f.{key}")
        if value is not None and not isinstance(value, Branch):
            yield FormField(_name(path), label, kind, path, value)
            return
        for language in ("zh", "en"):
            inner = value.get(language) if isinstance(value, Branch) else None
            named = f"{label} ({self.say(f'planning.in.{language}')})"
            yield FormField(_name((*path, language)), named, kind, (*path, language), inner)

    def _field(self, path: Path, kind: str, value: Any) -> FormField:
        return FormField(_name(path), self.say(f"planning.f.{path[-1]}"), kind, path, value)

    def _roles_field(self, path: Path, value: Any, code: str, kind: str) -> FormField:
        roles = [(name, self.named(one, name)) for name, one in self.pairs("roles")]
        groups = (
            [(name, self.named(one, name)) for name, one in self.pairs("groups")]
            if path[-1] == "ladder"
            else []
        )
        chosen = (
            value
            if kind == "pick"
            else list(value)
            if isinstance(value, Listing)
            else [value]
            if value
            else []
        )
        known = {name for name, _ in (*roles, *groups)}
        strays = [chosen] if kind == "pick" and chosen else chosen if kind == "order" else []
        options = (*roles, *groups, *((str(one), str(one)) for one in strays if one not in known))
        return FormField(_name(path), self.say(code), kind, path, chosen, options)

    def pairs(self, head: str) -> list[tuple[str, Any]]:
        """The named entries under a key."""
        found = self.tree.get(head)
        return list(found.items()) if isinstance(found, Branch) else []

    def items(self, head: str) -> list[tuple[int, Branch]]:
        """The entries of a list that are mappings."""
        found = self.tree.get(head)
        listed = found if isinstance(found, Listing) else ()
        return [(number, one) for number, one in enumerate(listed) if isinstance(one, Branch)]

    def named(self, one: Any, otherwise: object) -> str:
        return self._worded(one.get("name") if isinstance(one, Branch) else None, otherwise)

    def titled(self, one: Branch, otherwise: object) -> str:
        return self._worded(one.get("title"), otherwise)

    def _worded(self, words: Any, otherwise: object) -> str:
        if isinstance(words, Branch):
            return str(words.get(self.language) or words.get("zh") or otherwise)
        return str(words or otherwise)

    def hint(self) -> str:
        words = "、".join(str(word) for word, _ in self._soft())
        return (
            self.say("planning.clock.hint", words=words) if words else self.say("planning.clock.hint.plain")
        )

    def _soft(self) -> list[tuple[str, Any]]:
        defaults = self.tree.get("defaults")
        words = defaults.get("words") if isinstance(defaults, Branch) else None
        return list(words.items()) if isinstance(words, Branch) else []

    def say(self, code: str, **fields: object) -> str:
        return say(code, self.language, **fields)


def changes(fields: list[FormField], typed: Mapping[str, str]) -> list[Change]:
    """What the form asks to change: only what differs from the text, so that all else stays as it was written."""
    return [change for field in fields if (change := _change(field, typed)) is not None]


def _change(field: FormField, typed: Mapping[str, str]) -> Change | None:
    before = field.value
    if field.kind == "order":
        if not any(name in typed for name, _ in field.slots):
            return None
        slots = [clean(typed.get(name, "")) for name, _ in field.slots]
        chosen = tuple(dict.fromkeys(name for name in slots if name))
        same = chosen == tuple(str(one) for one in before)
        return None if same else Change(field.path, chosen or None)
    if field.name not in typed:
        return None
    now = clean(typed[field.name])
    if now == ("" if before is None else str(before).strip()):
        return None
    if not now:
        # A clock that is written with its own source goes as a whole: an empty mapping is no clock.
        inner = len(field.path) == 5 and field.path[2] == "clocks"
        return Change(field.path[:-1] if inner else field.path, None)
    number = field.kind == "number" and now.isascii() and now.isdigit() and len(now) < 10
    return Change(field.path, int(now) if number else now)


def _name(path: Path) -> str:
    return FIELD + ".".join(map(str, path))
