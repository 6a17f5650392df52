"""A stream of 400 lines in a bucket with an index of its lines, and what a replay shows of it."""

from __future__ import annotations

import threading

from session_mirror.bucket.line_index import encode_index, index_name, line_lengths
from session_mirror.bucket.names import format_part, session_prefix
from session_mirror.bucket.store import Store
from session_mirror.protocol.replay import ReplayChanged
from session_mirror.replay.session import Replay
from session_mirror.replay.spool import BucketSource
from support.following import until
from support.line_harness import LineHarness, line_of
from support.memory_store import MemoryStore

HARNESS = "lines"
PREFIX = session_prefix(HARNESS, "s")
LINES = [line_of(f"{number} " + "x" * (number % 700)) + b"\n" for number in range(400)]
STREAM = b"".join(LINES)


class CountingStore(MemoryStore):
    """Knows how many bytes it handed out."""

    sent = 0

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        body = super().get(key, start, length)
        self.sent += len(body)
        return body


class Gate:
    """Keeps the copying from going on until it is opened."""

    def __init__(self) -> None:
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    def wait(self) -> None:
        assert self._opened.wait(60), "the gate was never opened"


def plant_stream(store: MemoryStore, stream: bytes = STREAM, part_bytes: int = 30_000) -> None:
    end = 0
    for seq, start in enumerate(range(0, len(stream), part_bytes)):
        body = stream[start : start + part_bytes]
        end += len(body)
        store.plant(PREFIX + format_part(seq, end), body)


def plant_index(store: MemoryStore, told: bytes = STREAM) -> None:
    """An index for the lines of `told`."""
    body = encode_index(line_lengths(told))
    store.plant(PREFIX + index_name(len(told), body), body)


def opened(store: Store) -> Replay:
    return Replay("r", BucketSource(store, HARNESS, "s", patience_s=0), LineHarness())


def line_of_text(line: bytes) -> str:
    (event,) = LineHarness().read_record(line.rstrip(b"\n")).events
    return event.text.value


def shown(replay: Replay, start: int, stop: int) -> list[str]:
    texts: list[str] = []
    while start < stop:
        records = replay.window(start, stop - start).records
        assert [record.index for record in records] == list(range(start, start + len(records)))
        assert records
        texts += [record.events[0].text.value for record in records]
        start += len(records)
    return texts


def polled_until_complete(replay: Replay) -> list[ReplayChanged]:
    news: list[ReplayChanged | None] = []

    def is_complete() -> bool:
        news.append(replay.poll(look=False))
        return replay.is_complete

    until(is_complete, "all of the session is here")
    return [each for each in news if each is not None]
