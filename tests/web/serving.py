"""The product's own front door on a loopback port, for tests that need a real browser or a real socket."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *given: object) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    """The address of the running product, without a slash at its end."""
    from dutyroom.web.wsgi import application

    with make_server("127.0.0.1", 0, application, server_class=Threads, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
