"""An HTTP gateway on loopback that takes everything at once and remembers when: the receiver's own log.

Run in a process of its own (`python -m benchmarks.receiver`); it prints its port. Raw asyncio, because it shares two
cores with what it measures. `GET /log` gives every message as `[instant in ms, body]`, `GET /count` how many there are,
`POST /clear` forgets them.
"""

import asyncio
import json
import time

_OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"code":0}'


class Gateway(asyncio.Protocol):
    """One kept connection."""

    log: list[tuple[int, bytes]] = []  # noqa: RUF012 - the one log of the process

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._read = b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = self._read[:end].lower()
            at = head.find(b"content-length:")
            length = (
                int(head[at + 15 : head.find(b"\r\n", at) if head.find(b"\r\n", at) > 0 else None])
                if at >= 0
                else 0
            )
            if len(self._read) < end + 4 + length:
                return
            body, self._read = self._read[end + 4 : end + 4 + length], self._read[end + 4 + length :]
            self._transport.write(self._answer(head, body))  # type: ignore[attr-defined]

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"post /clear"):
            self.log.clear()
            return _OK
        if head.startswith(b"get /count"):
            return _json(len(self.log))
        if head.startswith(b"get /log"):
            return _json([[at, json.loads(text)] for at, text in self.log])
        self.log.append((time.time_ns() // 1_000_000, body))
        return _OK


def _json(value: object) -> bytes:
    body = json.dumps(value).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body),
        body,
    )


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Gateway, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
