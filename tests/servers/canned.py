"""An HTTP server that answers what it is told to: what real servers won't do on demand.

    server = CannedServer()
    server.answer(Response(429), Response(503), Response.json({"hits": ...}))   one a request, in turn; the last stays
    server.url, server.requests (method, path, headers, body of each request)

A Response can be wrong in every way that a network offers: a body cut in half, a bomb, a hang, a reset, 200 with an
error inside. `tamper` stands the server before a real one and changes single answers:

    server.forward(opensearch.url, tamper=lambda request, response: cut_shards(response))
"""

import collections
import gzip
import http.server
import io
import json
import socket
import struct
import threading
import time
import urllib.error
import urllib.request

Request = collections.namedtuple("Request", "method path headers body")


class Response:
    """status and body, sent whole unless told otherwise.

    delay_s   waits before the first byte
    cut       sends so many bytes of the body (the length announced is the whole one), then closes
    stall_s   waits after `cut` bytes before it closes
    reset     closes with a TCP reset instead of answering
    """

    def __init__(self, status=200, body=b"", headers=None, delay_s=0.0, cut=None, stall_s=0.0, reset=False):
        self.status = status
        self.body = body.encode() if isinstance(body, str) else body
        self.headers = {"Content-Type": "application/json", **(headers or {})}
        self.delay_s, self.cut, self.stall_s, self.reset = delay_s, cut, stall_s, reset

    @classmethod
    def json(cls, value, status=200, **more):
        return cls(status, json.dumps(value), **more)

    @classmethod
    def half(cls, value):
        """An answer whose connection closes in the middle of the body."""
        text = json.dumps(value).encode()
        return cls(200, text, cut=len(text) // 2)

    @classmethod
    def gzip(cls, value):
        return cls(200, gzip.compress(json.dumps(value).encode()), {"Content-Encoding": "gzip"})

    @classmethod
    def bomb(cls, inflated_bytes):
        """Well-formed JSON of that size (a string of spaces) in a thousandth of the bytes."""
        packed = io.BytesIO()
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as out:
            out.write(b'{"took":1,"padding":"')
            left, block = inflated_bytes, b" " * (1 << 20)
            while left > 0:
                out.write(block[:min(left, len(block))])
                left -= len(block)
            out.write(b'"}')
        return cls(200, packed.getvalue(), {"Content-Encoding": "gzip"})

    @classmethod
    def hang(cls, seconds=30.0):
        """Accepts the request and says nothing."""
        return cls(200, b"{}", delay_s=seconds)

    @classmethod
    def stall(cls, value, seconds=30.0):
        """Half a body, then nothing."""
        text = json.dumps(value).encode()
        return cls(200, text, cut=len(text) // 2, stall_s=seconds)

    @classmethod
    def dropped(cls):
        return cls(reset=True)

    @classmethod
    def failed_shards(cls, value, failed=1):
        """A search's answer in which shards failed: 200, and part of the data."""
        value = json.loads(json.dumps(value))
        for part in value.get("responses", [value]):
            shards = part.setdefault("_shards", {"total": 2, "successful": 2, "skipped": 0, "failed": 0})
            shards["failed"] = failed
            shards["successful"] = max(0, shards["total"] - failed)
        return cls.json(value)

    @classmethod
    def error_inside(cls, reason="all shards failed", kind="search_phase_execution_exception"):
        """200 with an error in the body, alone and as an item of _msearch."""
        error = {"error": {"type": kind, "reason": reason, "root_cause": []}, "status": 503}
        return cls.json({**error, "responses": [error]})


class CannedServer:
    """Listens at once on a free port; `credentials` is the Authorization header it insists on (401 otherwise)."""

    def __init__(self, context=None, credentials=None):
        self.requests, self.credentials = [], credentials
        self._script, self._next = [Response(404, '{"error":"nothing scripted"}')], 0
        self._handle, self._lock, self._closing = None, threading.Lock(), threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                      do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def answer(self, *responses):
        """A response a request, in turn; the last one stays."""
        with self._lock:
            self._script, self._next, self._handle = list(responses), 0, None

    def handle(self, function):
        """function(request) → Response, or None for the next scripted one."""
        self._handle = function

    def forward(self, url, tamper=None):
        """Asks the real server at `url`; tamper(request, response) may return another Response, or None."""

        def ask(request):
            response = _ask(url, request)
            return (tamper(request, response) if tamper else None) or response

        self.handle(ask)

    def close(self):
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def respond(self, request):
        with self._lock:
            self.requests.append(request)
        if self.credentials is not None and request.headers.get("authorization") != self.credentials:
            return Response.json({"error": {"type": "security_exception", "reason": "missing or wrong credentials"},
                                  "status": 401}, 401, headers={"WWW-Authenticate": "Basic"})
        response = self._handle(request) if self._handle else None
        if response is None:
            with self._lock:
                response = self._script[min(self._next, len(self._script) - 1)]
                self._next += 1
        return response

    def pause(self, seconds):
        self._closing.wait(seconds)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass  # a client that refuses our certificate or gives up is what some tests are about


def _ask(url, request):
    headers = {name: value for name, value in request.headers.items()
               if name not in ("host", "accept-encoding", "content-length", "connection", "authorization")}
    real = urllib.request.Request(url + request.path, data=request.body or None, method=request.method, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(real, timeout=120) as answer:
            status, body, kind = answer.status, answer.read(), answer.headers.get("Content-Type")
    except urllib.error.HTTPError as error:
        status, body, kind = error.code, error.read(), error.headers.get("Content-Type")
    return Response(status, body, {"Content-Type": kind or "application/json"})


def _handler(canned):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 120

        def log_message(self, *_):
            pass

        def _serve(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if (self.headers.get("Content-Encoding") or "") == "gzip":
                body = gzip.decompress(body)
            headers = {name.lower(): value for name, value in self.headers.items()}
            response = canned.respond(Request(self.command, self.path, headers, body))
            if response.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            if response.delay_s:
                canned.pause(response.delay_s)
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command == "HEAD":
                return
            self.wfile.write(response.body if response.cut is None else response.body[:response.cut])
            if response.cut is not None:
                self.wfile.flush()
                if response.stall_s:
                    canned.pause(response.stall_s)
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve

    return Handler


def wait_for(condition, seconds=5.0):
    """Whether condition() became true in time; for what a server thread notes a moment later."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
