"""`dutyroom web`: the pages alone."""

import argparse

NAME = "web"
HELP = "只运行网页 / run the pages only"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="监听地址 / address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="端口 / port")
    parser.add_argument("--processes", type=int, default=1, help="网页进程数 / processes")


def run(args: argparse.Namespace) -> int:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from dutyroom.wiring.service import end_with_parent

    end_with_parent()
    Server(
        "dutyroom.web.child:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        workers=args.processes,
        blocking_threads=16,
        backpressure=512,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    ).serve()
    return 0
