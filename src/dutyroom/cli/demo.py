"""`dutyroom demo`: the product with demo data, ready to be clicked through.

A project department of invented people, telephones that are a page, and a clock that may run faster, so that a whole
incident can be watched in minutes. Everything else is the product as it is.
"""

import argparse
import json
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

NAME = "demo"
HELP = "用演示数据运行 / run with demo data"

PLAN = "sanitation-project"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="端口 / port (0: any free one)")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址 / address to listen on")
    parser.add_argument("--data", type=Path, help="数据目录 / data folder (default: var/demo)")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="时钟加速倍数 / how much faster the clock runs"
    )
    parser.add_argument(
        "--json", action="store_true", help="就绪时输出一行 JSON / one line of JSON when ready"
    )
    parser.add_argument("--workers", type=int, default=1, help="后台进程数 / worker processes")


def run(args: argparse.Namespace) -> int:
    from dutyroom.adapters.demo_phones import Phones
    from dutyroom.cli import UserError
    from dutyroom.cli.serve import stop_on_signal
    from dutyroom.wiring import demo, service

    if not 1 <= args.speed <= 3600:
        raise UserError("demo.bad_speed", speed=str(args.speed))
    try:
        port = demo.free_port(args.host, args.port)
    except OSError:
        raise UserError("demo.port_taken", port=args.port) from None
    stop = stop_on_signal()
    phones = Phones()
    phones.start()
    ground = demo.prepare(args.data, f"http://{args.host}:{port}", phones.url, args.speed)
    tell = threading.Thread(target=_tell, args=(args, ground, port, phones.url, stop), daemon=True)
    tell.start()
    service.run(ground, args.host, port, stop, workers=args.workers)
    phones.close()
    return 0


def _tell(args: argparse.Namespace, ground: Any, port: int, phones: str, stop: threading.Event) -> None:
    """Print the address once the product answers; end the demo if it never does."""
    base = f"http://{args.host}:{port}"
    for _ in range(600):
        if _answers(f"{base}/r/demo"):
            break
        if stop.wait(0.1):
            return
    else:
        print("demo: no answer", file=sys.stderr)
        signal.raise_signal(signal.SIGTERM)
        return
    from dutyroom.wiring.demo import sign_in_links

    ready = {"url": base, "report_url": f"{base}/r/demo", "phones_url": phones, "speed": args.speed}
    ready["sign_in"] = sign_in_links(ground, base)
    print(json.dumps(ready, ensure_ascii=False) if args.json else _page(ready), flush=True)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        time.sleep(0.05)
        return False


def _page(ready: dict[str, Any]) -> str:
    from dutyroom.wording import say

    lines = [say("demo.ready", language, **ready) for language in ("zh", "en")]
    lines += [f"  {role:<28} {link}" for role, link in ready["sign_in"].items()]
    return "\n".join(lines)
