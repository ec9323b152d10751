"""The process in which Apprise runs: an order a line on its input, a word a line on its output.

An order is a JSON object with `url`, `title`, `body` and `kind`; the word is "sent", "failed" or "address"
(Apprise cannot read the url). It keeps nothing, and ends when its input ends.
"""

import json
import sys
from contextlib import suppress
from typing import Any

MEMORY_BYTES = 1 << 30


def main() -> None:
    """Answer orders until there are no more."""
    _limit_memory()
    # Whatever a plug-in prints must not pass for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    import apprise

    asset = apprise.AppriseAsset(http_redirects=False)
    for line in sys.stdin:
        print(_carry_out(apprise, asset, json.loads(line)), file=answers, flush=True)


def _carry_out(apprise: Any, asset: Any, order: dict[str, str]) -> str:
    service = apprise.Apprise(asset=asset)
    if not service.add(order["url"]):
        return "address"
    try:
        sent = service.notify(
            title=order["title"], body=order["body"], notify_type=order["kind"], body_format="text"
        )
    except Exception:  # a plug-in of a third party may raise anything: the world's failure, not ours
        return "failed"
    return "sent" if sent else "failed"


def _limit_memory() -> None:
    """A service that answers without end must not take the machine's memory before its deadline."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main()
