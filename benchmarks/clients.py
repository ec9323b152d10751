"""People who report: so many at once, each over its own kept connection, in a process apart from what is measured.

`python -m benchmarks.clients URL CLIENTS COUNT [PER_SECOND]` sends COUNT reports and prints one JSON line: the seconds
it took, and for every report `[command, sent at (ms), ms until the receipt, status, case]`. A report without a
receipt is sent again under the same command until it has one; each status before the receipt is counted in `trouble`.
"""

import asyncio
import json
import sys
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PATIENCE_SECONDS = 15.0
_PAUSE_SECONDS = 0.05


@dataclass
class Crowd:
    """What all clients share: where to report, what is left to send, what came back."""

    url: str
    left: int
    receipts: list[tuple[str, int, float, int, str]] = field(default_factory=list)
    trouble: Counter[str] = field(default_factory=Counter)

    async def client(self, pause: float) -> None:
        """Report one after the other until nothing is left."""
        connection = Connection(self.url)
        while self.left > 0:
            self.left -= 1
            command, sent = str(uuid.uuid4()), time.time_ns() // 1_000_000
            began = time.perf_counter()
            status, answer = await self._until_receipt(connection, report(command))
            self.receipts.append(
                (command, sent, (time.perf_counter() - began) * 1000, status, answer.get("case", ""))
            )
            if pause:
                await asyncio.sleep(max(0.0, pause - (time.perf_counter() - began)))
        connection.close()

    async def _until_receipt(self, connection: "Connection", body: bytes) -> tuple[int, dict[str, str]]:
        while True:
            try:
                status, answer = await asyncio.wait_for(
                    connection.post("/api/reports", body), PATIENCE_SECONDS
                )
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                self.trouble[type(error).__name__] += 1
                connection.close()
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            if status in (200, 201):
                return status, json.loads(answer)
            self.trouble[str(status)] += 1
            await asyncio.sleep(_PAUSE_SECONDS)


class Connection:
    """One kept connection that speaks just enough HTTP; opened when needed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._writer: asyncio.StreamWriter | None = None
        self._reader: asyncio.StreamReader | None = None

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        low = answer.lower()
        at = low.find(b"content-length:")
        length = int(low[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        return int(answer[9:12]), await self._reader.readexactly(length)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer = self._reader = None


def report(command: str) -> bytes:
    """What a worker types: the four required fields and one more."""
    return json.dumps(
        {
            "site": "bench",
            "command": command,
            "where": "人民路东段 12 号",
            "what": "路面塌陷，一辆保洁车陷入，有人被困",
            "affected": 3,
            "harm": "hurt",
            "when": "now",
            "danger_now": True,
        },
        ensure_ascii=False,
    ).encode()


async def main(url: str, clients: int, count: int, per_second: float) -> None:
    crowd = Crowd(url, count)
    began = time.perf_counter()
    await asyncio.gather(*(crowd.client(clients / per_second if per_second else 0.0) for _ in range(clients)))
    took = time.perf_counter() - began
    print(json.dumps({"seconds": took, "trouble": crowd.trouble, "receipts": crowd.receipts}))


if __name__ == "__main__":
    given = sys.argv[1:]
    asyncio.run(main(given[0], int(given[1]), int(given[2]), float(given[3]) if len(given) > 3 else 0.0))
