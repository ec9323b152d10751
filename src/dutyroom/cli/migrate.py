"""`dutyroom migrate`: bring the tables up to date, as their owner."""

import argparse
import os

NAME = "migrate"
HELP = "更新数据库表 / bring the tables up to date"


def configure(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    os.environ["DUTYROOM_DB_OWNER"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dutyroom.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    return 0
