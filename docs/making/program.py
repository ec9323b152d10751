"""Commands and access as pages: what the command line takes, and which class of visitor may open which address."""

import argparse
import json
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files

from dutyroom import cli
from dutyroom.wording.planschema import plan_schema

CLASSES = ("anonymous", "duty_device", "holder", "leader", "superior")
_COMMANDS = """\
# 命令 / Commands

> 本页由程序生成：`python -m docs.making`。 / Made from the program by `python -m docs.making`.

在检出的文件夹里用 `./dutyroom 命令`（Windows：`python dutyroom 命令`）；`./dutyroom --help` 列出全部命令，
`./dutyroom 命令 --help` 列出它的选项。退出码：0 成功，1 没有成功，2 用法不对，130 被中断。

In the checkout: `./dutyroom COMMAND` (Windows: `python dutyroom COMMAND`). Exit codes: 0 done, 1 not done, 2 asked for
in a way that cannot be carried out, 130 interrupted.
"""
_ACCESS = """\
# 谁可以打开什么 / Who may open what

> 本页由 `src/dutyroom/web/access.toml` 生成：`python -m docs.making`。 / Made from that table.

没有列出的一律拒绝；新增一个地址而不在表里写明，程序不会启动。打开之后能看到**谁的**数据是另一回事：
别的场所、别的单位的数据对任何人都是“找不到”（404），由数据库的行级权限和 `store/scope.py` 保证。

What is not listed is denied, and an address without a row keeps the program from starting. Whose objects an address
then finds is decided behind this table: other sites' and other tenants' objects are not found (404), for every class.

| 类别 / class | 是谁 / who |
| --- | --- |
| `anonymous` | 没有登录的任何人 / nobody is signed in, so everybody |
| `duty_device` | 用呼叫链接登录，十二小时，只看、只答自己的 / signed in by a call's link: own pages, twelve hours |
| `holder` | 完整登录，担任某个岗位 / signed in fully, holds some post |
| `leader` | 完整登录，此刻在领导小组任职 / signed in fully, holds a post of the leading group now |
| `superior` | 完整登录，此刻担任预案的最后一级 / signed in fully, holds the plan's last rung now |
"""


def commands_page() -> str:
    """Every command with its arguments and options."""
    parts = [_COMMANDS]
    for name in cli.names():
        command = cli.load(name)
        parser = argparse.ArgumentParser(prog=f"dutyroom {name}", add_help=False)
        command.configure(parser)
        parts += [f"## `dutyroom {name}`\n\n{command.HELP}\n", *_options(parser)]
        if parser.get_default("passes_on"):
            parts.append(
                "其余参数原样交给它启动的程序。 / Its arguments go on to the program it starts, as they stand.\n"
            )
    return "\n".join(parts)


def plan_schema_file() -> str:
    """The plan language for editors, as `dutyroom plan schema` prints it."""
    return json.dumps(plan_schema(), ensure_ascii=False, indent=1) + "\n"


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The table of the parser's arguments, then those of the verbs below it."""
    rows = [_row(action) for action in parser._actions if not isinstance(action, argparse._SubParsersAction)]
    if rows:
        head = ["| 参数 / argument | 含义 / meaning | 缺省 / default |", "| --- | --- | --- |"]
        yield "\n".join([*head, *rows]) + "\n"
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help for choice in action._choices_actions}
            for verb, inner in action.choices.items():
                yield f"### `{parser.prog} {verb}`\n\n{helps.get(verb) or ''}\n"
                inner._actions = [each for each in inner._actions if each.dest != "help"]
                yield from _options(inner)


def _row(action: argparse.Action) -> str:
    names = ", ".join(f"`{name}`" for name in action.option_strings)
    wanted = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    if action.nargs != 0:
        names = f"{names} `{wanted}`" if names else f"`{wanted}`"
    default = "" if action.default in (None, "", False, argparse.SUPPRESS) else f"`{action.default}`"
    return "| {} | {} | {} |".format(*(_cell(text) for text in (names, action.help or "", default)))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def access_page() -> str:
    """The access table with each route's address and the reason."""
    rows = tomllib.loads((files("dutyroom.web") / "access.toml").read_text(encoding="utf-8"))
    addresses = routes()
    lines = [f"| 路由 / route | 地址 / address | {' | '.join(CLASSES)} | 理由 / why |", "| --- " * 8 + "|"]
    for name, row in rows.items():
        marks = " | ".join("✓" if each in row["allow"] else "—" for each in CLASSES)
        lines.append(f"| `{name}` | `/{addresses.get(name, '?')}` | {marks} | {row['why']} |")
    return f"{_ACCESS}\n" + "\n".join(lines) + "\n"


def routes() -> dict[str, str]:
    """Route name → address, as `web/urls.py` has them."""
    text = (files("dutyroom.web") / "urls.py").read_text(encoding="utf-8")
    return {name: where for where, name in re.findall(r'path\(\s*"([^"]*)".*?name="(\w+)"', text, re.DOTALL)}
