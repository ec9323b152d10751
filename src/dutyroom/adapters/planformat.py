"""A plan's text in the one form we write it in: `tidy(data) -> Tidied`; comments, quotes and order stay.

Mends what is mechanical and changes no meaning: encoding to UTF-8, line ends, tabs in the indentation, the colon of a
Chinese keyboard after a key, indentation. A text that YAML cannot read afterwards is given back as far as it was
mended, with what still stands against it. The plan read from both texts is the same, or nothing is laid out anew.
"""

import io
import re
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dutyroom.adapters.planediting import LARGEST
from dutyroom.core.findings import Finding
from dutyroom.core.planfile import decode
from dutyroom.core.yamltree import read_tree

_KEY = re.compile(r"(^\s*(?:-\s+)*[A-Za-z_][\w-]*|[{,]\s*[A-Za-z_][\w-]*)：[ \u3000]*")
_TAB = 4


@dataclass(frozen=True, slots=True)
class Tidied:
    """The tidy text, whether it differs from what was given, and what keeps it from being read."""

    text: str
    changed: bool
    findings: tuple[Finding, ...] = ()


def tidy(data: bytes) -> Tidied:
    """The text in our form. Never raises: bytes that are no text come back as a finding and an empty text."""
    text, findings = decode(data)
    if any(one.code == "plan.no_text" for one in findings):
        return Tidied("", False, findings)
    mended = _mend(text)
    tree, faults = read_tree(mended)
    if tree is None or faults or len(mended) > LARGEST:
        return Tidied(mended, mended.encode() != data, faults)
    try:
        laid_out = _lay_out(mended)
    except (YAMLError, ValueError, RecursionError):  # what the fast reader takes, the careful one may not
        laid_out = mended
    again, _ = read_tree(laid_out)
    kept = laid_out if again == tree else mended
    return Tidied(kept, kept.encode() != data)


def _mend(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = [_line(line) for line in lines]
    return "\n".join(kept).rstrip("\n") + "\n"


def _line(line: str) -> str:
    body = line.lstrip(" \t\u3000")
    indent = line[: len(line) - len(body)].replace("\t", " " * _TAB).replace("\u3000", "  ")
    if body.startswith("#"):
        return indent + body.rstrip()
    return _KEY.sub(r"\1: ", indent + body.rstrip())


def _lay_out(text: str) -> str:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 1_000_000  # a line is as long as its author made it
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(yaml.load(text), out)
    return out.getvalue()
