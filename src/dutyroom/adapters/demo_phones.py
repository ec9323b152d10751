"""The telephones of the demo: a real HTTP gateway on loopback that takes text messages and calls and shows them.

Only `dutyroom demo` starts it. It keeps the last messages in memory, so that somebody alone at a desk can be all the
people of a plan, press the links they were sent, and see who was called when.
"""

import html
import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEPT = 200
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:44rem;padding:1rem}"
    "li{border:1px solid #ccc;border-radius:.5rem;margin:.5rem 0;padding:.6rem .8rem;list-style:none}"
    "ul{padding:0}small{color:#555}"
)


class Phones:
    """The gateway; `url` is where it listens."""

    def __init__(self, port: int = 0) -> None:
        self.messages: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="demo-phones", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def page(self) -> str:
        """Everything that was sent, newest first."""
        rows = "".join(_row(message) for message in reversed(self.messages))
        return (
            f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>演示电话</title>'
            f"<style>{_STYLE}</style><h1>演示电话 · Demo telephones</h1>"
            f"<p>这里收到演示中发出的短信和电话。/ Text messages and calls of the demo arrive here.</p><ul>{rows}</ul>"
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        phones = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = min(int(self.headers.get("Content-Length") or 0), 65_536)
                try:
                    phones.messages.append(json.loads(self.rfile.read(length)))
                    self._answer(200, "application/json", '{"code": 0}')
                except ValueError:
                    self._answer(400, "application/json", '{"code": 1}')

            def do_GET(self) -> None:
                if self.path == "/messages.json":
                    self._answer(200, "application/json", json.dumps(list(phones.messages)))
                else:
                    self._answer(200, "text/html; charset=utf-8", phones.page())

            def log_message(self, format: str, *args: object) -> None:
                """The page shows what came; the terminal stays quiet."""

            def _answer(self, status: int, kind: str, text: str) -> None:
                data = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        return Handler


def _row(message: dict[str, Any]) -> str:
    text = html.escape(str(message.get("text", ""))).replace("\n", "<br>")
    link = html.escape(str(message.get("link", "")), quote=True)
    told = html.escape(f"{message.get('channel', '')} {message.get('to', '')}")
    return f'<li><small>{told}</small><br>{text}<br><a href="{link}">{link}</a></li>'
