"""`dutyroom plan schema`: the plan language as a JSON Schema, for editors that complete and explain while one types."""

import argparse
import json
from pathlib import Path

NAME = "schema"
HELP = "输出编辑器用的 JSON Schema / the plan language as a JSON Schema for editors"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, help="写入文件 / write to this file")


def run(args: argparse.Namespace) -> int:
    from dutyroom.wording.planschema import plan_schema

    text = json.dumps(plan_schema(), ensure_ascii=False, indent=1)
    if args.out:
        args.out.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)
    return 0
