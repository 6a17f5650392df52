"""What replays from a bucket are tested with."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from session_mirror.replay import blocks, copying
from session_mirror.replay.copying import StreamCopy
from support.indexed_stream import Gate


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    found, take_rest = Gate(), StreamCopy._take_rest

    def take_rest_later(copy: StreamCopy, chunks: Generator[bytes, None, None]) -> None:
        found.wait()
        take_rest(copy, chunks)

    monkeypatch.setattr(StreamCopy, "_take_rest", take_rest_later)
    yield found
    found.open()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes at which a short stream is a large one."""
    monkeypatch.setattr(copying, "_FIRST_BYTES", 2000)
    monkeypatch.setattr(copying, "_INDEX_FROM_BYTES", 4000)
    monkeypatch.setattr(copying, "_HEAD_START_S", 0.0)
    monkeypatch.setattr(copying, "_FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4096)
    monkeypatch.setattr(blocks.Blocks.__init__, "__defaults__", (4096,))
