"""`dutyroom serve`: pages and worker together, with the embedded database unless DATABASE_URL names another."""

import argparse
import signal
import threading
from pathlib import Path

NAME = "serve"
HELP = "运行整个系统 / run pages and worker together"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="监听地址 / address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="端口 / port")
    parser.add_argument("--data", type=Path, help="数据目录 / data folder")
    parser.add_argument(
        "--base-url", default="", help="消息里的链接以此开头 / what links in messages begin with"
    )
    parser.add_argument("--web-processes", type=int, default=1, help="网页进程数 / processes for pages")
    parser.add_argument("--workers", type=int, default=1, help="后台进程数 / worker processes")


def run(args: argparse.Namespace) -> int:
    from dutyroom import settings
    from dutyroom.wiring import service

    data = (args.data or settings.DATA_FOLDER).resolve()
    base = args.base_url or f"http://{args.host}:{args.port}"
    ground = service.prepare(data, settings.DATABASE_URL, {"DUTYROOM_BASE_URL": base})
    stop = stop_on_signal()
    print(f"值班室 / Dutyroom: {base}", flush=True)
    service.run(ground, args.host, args.port, stop, args.web_processes, args.workers)
    return 0


def stop_on_signal() -> threading.Event:
    """An event that is set when the process is asked to end."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return stop
