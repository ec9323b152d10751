"""`dutyroom work`: a worker beside the pages."""

import argparse
import signal

NAME = "work"
HELP = "运行后台：计时、通知、封存 / run a worker: timers, messages, seals"


def configure(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    from dutyroom.wiring.service import end_with_parent
    from dutyroom.wiring.worker import Worker

    worker = Worker()
    end_with_parent(worker.stop.set)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop.set())
    worker.run()
    return 0
