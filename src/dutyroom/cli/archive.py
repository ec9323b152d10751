"""`dutyroom archive verify PATH`: whether an archive is whole and unchanged; exit 0 when it is, 1 when not.

Works with the archive alone: no database, no settings, no network. It prints one line a finding and a
closing line; it refuses to judge anything itself (`adapters.archive.verifier` does).
"""

import argparse
import re
from pathlib import Path

from dutyroom.adapters.archive.verifier import verify
from dutyroom.cli import UserError
from dutyroom.core.findings import Finding
from dutyroom.wording import LANGUAGES, say

NAME = "archive"
HELP = "核验事件档案 / verify a case archive"


def configure(parser: argparse.ArgumentParser) -> None:
    """`verify PATH`, with what the reader has from elsewhere: a checkpoint, the public key."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify")
    one = verbs.add_parser("verify", help="核验文件夹或压缩包 / check a folder or zip", allow_abbrev=False)
    one.add_argument("path", type=Path, help="档案文件夹或 .zip / the archive's folder or .zip")
    one.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="你留存的检查点 / a checkpoint that you kept"
    )
    one.add_argument(
        "--public-key", metavar="HEX", help="单位公布的公钥 / the key as the organisation published it"
    )
    one.add_argument("--lang", choices=LANGUAGES, help="只用一种语言 / one language only")


def run(args: argparse.Namespace) -> int:
    """Print what was found; 0 when nothing is an error."""
    if args.public_key is not None and not re.fullmatch("[0-9a-f]{64}", args.public_key):
        raise UserError("archive.not_a_key")
    try:
        kept = args.checkpoint.read_text(encoding="utf-8", errors="replace") if args.checkpoint else None
        findings = verify(args.path, kept, args.public_key)
    except OSError as error:
        raise UserError("archive.no_such_path", path=str(error.filename or args.path)) from None
    languages = [args.lang] if args.lang else list(LANGUAGES)
    for finding in findings:
        for language in languages:
            print(sentence(finding, language))
    errors = sum(finding.severity == "error" for finding in findings)
    for language in languages:
        print(say("archive.bad" if errors else "archive.good", language, errors=errors))
    return 1 if errors else 0


def sentence(finding: Finding, language: str) -> str:
    """One finding as a line: how bad, where, what."""
    severity = say(f"archive.severity.{finding.severity}", language)
    place = f" {finding.place}" if finding.place else ""
    return f"{severity}{place}: {say(finding.code, language, **finding.fields)}"
