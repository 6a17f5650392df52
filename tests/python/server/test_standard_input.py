"""Messages arrive whole, however their bytes come."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

import pytest

from session_mirror.server.standard_input import StandardInput


async def read(pieces: Sequence[bytes]) -> list[bytes]:
    """A line, ten bytes, and what then is left in lines."""
    here, there = os.pipe()
    with os.fdopen(here, "rb") as stdin, os.fdopen(there, "wb", buffering=0) as sender:
        arriving = StandardInput(stdin)
        reading = asyncio.ensure_future(_read(arriving))
        for piece in pieces:
            sender.write(piece)
            await asyncio.sleep(0)
        sender.close()
        return await asyncio.wait_for(reading, 20)


async def _read(arriving: StandardInput) -> list[bytes]:
    found = [await arriving.readline(), await arriving.readexactly(10)]
    while line := await arriving.readline():
        found.append(line)
    return [*found, await arriving.readexactly(1)]


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_lines_and_bytes_are_read_however_they_come(size: int) -> None:
    sent = b"Content-Length: 10\r\n0123456789after\nrest"
    pieces = [sent[start : start + size] for start in range(0, len(sent), size)]
    found = asyncio.run(read(pieces))
    assert found == [b"Content-Length: 10\r\n", b"0123456789", b"after\n", b"rest", b""]


def test_an_end_within_a_message_gives_what_there_is() -> None:
    assert asyncio.run(read([b"head\n0123"])) == [b"head\n", b"0123", b""]
