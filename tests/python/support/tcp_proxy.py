"""A loopback TCP proxy that does to connections what networks do to them.

It knows nothing of the protocol but turns: bytes from the client after an answer begin a new exchange. For each
exchange it asks its weather for a toxic; the line itself may be slow, or refuse new connections.

with tcp_proxy(server.endpoint_url) as proxy:
    proxy.use(Toxic("lose answer"))          # every exchange from now on
    proxy.weather(seeded(0.05, 7, [...]))    # or one exchange in twenty
    proxy.calm()
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Literal, TypeVar
from urllib.parse import urlsplit

import attrs

Kind = Literal["pass", "hang", "cut request", "lose answer", "cut answer", "reply"]
_CHUNK = 64 << 10
_NARROW_BUFFER = 8 << 10
_LATE_S = 5.0
_T = TypeVar("_T")


@attrs.frozen
class Toxic:
    """What happens to one exchange.

    hang: the request is swallowed and never answered; cut request: reset after `after` bytes of it;
    lose answer: the request arrives whole, its answer does not; cut answer: reset after `after` bytes of it;
    reply: the request is swallowed and answered with `reply`. `delay_s`: the request is held before it goes on, and
    goes on even if its sender dies meanwhile.
    """

    kind: Kind
    after: int = 0
    delay_s: float = 0.0
    reply: bytes = b""


PASS = Toxic("pass")
Weather = Callable[[], Toxic]


def http_reply(status: str, code: str = "", **headers: str) -> bytes:
    """An answer as raw bytes; `retry_after="7"` becomes the header Retry-After."""
    body = f"<Error><Code>{code}</Code></Error>".encode() if code else b""
    fields = {"Content-Length": str(len(body)), "Connection": "close"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def seeded(rate: float, seed: int, toxics: Sequence[Toxic]) -> Weather:
    """One exchange in `1 / rate` meets one of the toxics; the sequence depends on the seed only."""
    rng = random.Random(seed)
    return lambda: rng.choice(toxics) if rng.random() < rate else PASS


class TcpProxy:
    """Made by `tcp_proxy`. All methods may be called from any thread."""

    def __init__(self, upstream: tuple[str, int]) -> None:
        self.upstream = upstream
        """Where new connections lead."""
        self.bytes_per_s: float | None = None
        """The line's speed in either direction, for each connection."""
        self.counts: Counter[Kind] = Counter()
        self.port = 0
        self._weather: Weather = lambda: PASS
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._links: set[_Link] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tcp-proxy")

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def use(self, toxic: Toxic) -> None:
        """Every exchange from now on."""
        self._weather = lambda: toxic

    def once(self, *toxics: Toxic) -> None:
        """The next exchanges, one each; those after them pass."""
        waiting = iter(toxics)
        self._weather = lambda: next(waiting, PASS)

    def weather(self, weather: Weather) -> None:
        """Asked for every exchange, from the proxy's thread."""
        self._weather = weather

    def calm(self) -> None:
        """Whatever was wrong is over; connections that hang stay hung until their client gives up."""
        self._weather = lambda: PASS
        self.bytes_per_s = None
        self.accept()

    def refuse(self) -> None:
        """Nobody listens any more, and open connections are reset."""
        self._do(self._close())

    def accept(self) -> None:
        """Listens again, at the same port."""
        self._do(self._listen())

    def start(self) -> None:
        self._thread.start()
        self.accept()

    def stop(self) -> None:
        self.refuse()
        self._do(self._wait_for_links())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Awaitable[_T]) -> _T:
        async def wrapped() -> _T:
            return await work

        return asyncio.run_coroutine_threadsafe(wrapped(), self._loop).result(10)

    async def _listen(self) -> None:
        if self._server is None:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NARROW_BUFFER)  # inherited: no hidden depth
            listener.bind(("127.0.0.1", self.port))
            self._server = await asyncio.start_server(self._accepted, sock=listener, limit=_NARROW_BUFFER)
            self.port = listener.getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for link in list(self._links):
            link.reset()

    async def _wait_for_links(self) -> None:
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream = await asyncio.open_connection(*self.upstream, limit=_NARROW_BUFFER)
        except OSError:
            _reset(writer)
            return
        link = _Link(self, (reader, writer), upstream)
        self._links.add(link)
        try:
            with suppress(asyncio.CancelledError):  # by `stop`; the caller would only log it
                await link.run()
        finally:
            self._links.discard(link)

    def draw(self) -> Toxic:
        """Called once for every exchange."""
        toxic = self._weather()
        self.counts[toxic.kind] += 1
        return toxic


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Link:
    """One client's connection and ours to the server."""

    def __init__(self, proxy: TcpProxy, client: Ends, server: Ends) -> None:
        self._proxy = proxy
        self._from_client, self._to_client = client
        self._from_server, self._to_server = server
        self._toxic = PASS
        self._answered = True
        self._left = 0

    async def run(self) -> None:
        answers = asyncio.ensure_future(self._answers())
        try:
            await self._requests()
            # The client is done or dead. What it sent may still be on its way: let it arrive.
            await asyncio.wait([answers], timeout=_LATE_S)
        except (OSError, EOFError):
            pass
        finally:
            answers.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await answers
            self.reset()

    def reset(self) -> None:
        _reset(self._to_client)
        _reset(self._to_server)

    async def _requests(self) -> None:
        while data := await self._read(self._from_client):
            if self._answered:
                self._answered = False
                self._toxic = self._proxy.draw()
                self._left = self._toxic.after
                await asyncio.sleep(self._toxic.delay_s)
                if self._toxic.kind == "reply":
                    self._to_client.write(self._toxic.reply)
            if self._toxic.kind in ("hang", "reply"):
                continue
            if self._toxic.kind == "cut request":
                data, self._left = data[: self._left], max(0, self._left - len(data))
                if not self._left:
                    await self._write(self._to_server, data)
                    raise EOFError
            await self._write(self._to_server, data)

    async def _answers(self) -> None:
        while data := await self._read(self._from_server):
            if not data.startswith(b"HTTP/1.1 100 "):  # that one only asks for the rest of the request
                if not self._answered:
                    self._answered = True
                    self._left = self._toxic.after
                if self._toxic.kind == "lose answer":
                    break
                if self._toxic.kind == "cut answer":
                    data, self._left = data[: self._left], max(0, self._left - len(data))
            await self._write(self._to_client, data)
            if self._toxic.kind == "cut answer" and self._answered and not self._left:
                break
        self.reset()

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        rate = self._proxy.bytes_per_s
        size = _CHUNK if rate is None else max(1, int(rate / 10))
        data = await reader.read(size)
        if rate is not None:
            await asyncio.sleep(len(data) / rate)
        return data

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        if not writer.transport.is_closing():
            with suppress(ConnectionError):  # whose reading side tells so, too
                writer.write(data)
                await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        sock = writer.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextmanager
def tcp_proxy(upstream_url: str) -> Iterator[TcpProxy]:
    """A running proxy in front of `http://host:port`."""
    where = urlsplit(upstream_url)
    assert where.hostname, "an upstream has a host"
    assert where.port, "and a port"
    proxy = TcpProxy((where.hostname, where.port))
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
