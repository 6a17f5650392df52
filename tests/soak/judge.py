"""What the bucket holds against what the transcripts are and were: byte by byte, past our own engine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import attrs

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.listing import list_parts
from session_mirror.bucket.names import SESSIONS, session_prefix, split_generation, split_session_key
from session_mirror.bucket.reader import StreamReader
from session_mirror.bucket.store import Store
from session_mirror.redaction.rules import TOKEN_SHAPES
from writers import Writer

_HARNESS = "claude-code"
_PART = re.compile(r"part-\d{5}-[a-f0-9]{8}\.jsonl")  # tracecraft's
_SECRET = re.compile(rb"AKIA[0-9A-Z]{16}")


@attrs.define
class Verdict:
    """Differences in words; none when all is well."""

    differences: list[str] = attrs.field(factory=list)
    sessions: int = 0
    generations: int = 0
    parts: int = 0
    bytes_compared: int = 0
    inexact_for_tracecraft: int = 0


def whole_lines(content: bytes) -> bytes:
    """What of a transcript is to be mirrored, as it is to be mirrored."""
    return TOKEN_SHAPES.redact(content[: content.rfind(b"\n") + 1]).data


def is_mirrored(store: Store, writer: Writer) -> bool:
    """Whether the newest generation is as long as the transcript: a quick look, to wait with."""
    newest = max(generations(store, writer.session_id), default=1)
    end = resolve(list_parts(store, _prefix(writer.session_id, newest))).end
    return end == len(whole_lines(writer.content()))


def judge(store: Store, writers: Iterable[Writer]) -> Verdict:
    """Compares every generation of every session."""
    verdict = Verdict()
    for writer in writers:
        verdict.sessions += 1
        contents = [whole_lines(content) for content in writer.all_contents()]
        found = generations(store, writer.session_id)
        if not found:
            verdict.differences.append(f"{writer.session_id}: nothing is mirrored")
        for generation in sorted(found):
            _judge_one(store, verdict, writer.session_id, generation, contents, is_newest=generation == max(found))
    for stored in store.list(SESSIONS):
        if _SECRET.search(store.get(stored.key)):
            verdict.differences.append(f"{stored.key}: holds a secret")
    return verdict


def generations(store: Store, session_id: str) -> set[int]:
    """Those with a part in the bucket."""
    keys = (split_session_key(stored.key) for stored in store.list(f"{SESSIONS}{_HARNESS}/{session_id}"))
    return {split_generation(key[1])[1] for key in keys if key and _PART.fullmatch(key[2])}


def _judge_one(
    store: Store, verdict: Verdict, session_id: str, generation: int, contents: list[bytes], *, is_newest: bool
) -> None:
    prefix = _prefix(session_id, generation)
    name = f"{session_id}~g{generation}"
    stream = b"".join(StreamReader(store, prefix).read())
    parts = sorted(stored.key for stored in list_parts(store, prefix) if _PART.fullmatch(stored.key[len(prefix) :]))
    verdict.generations += 1
    verdict.parts += len(parts)
    verdict.bytes_compared += len(stream)
    if is_newest and stream != contents[-1]:
        verdict.differences.append(f"{name}: {_first_difference(stream, contents[-1])}")
    if not any(content.startswith(stream) for content in contents):
        nearest = max(contents, key=lambda content: _common(stream, content))
        verdict.differences.append(f"{name}: never was like this: {_first_difference(stream, nearest)}")
    if not stream.endswith(b"\n"):
        verdict.differences.append(f"{name}: ends within a line")
    if b"".join(_bodies(store, parts)) != stream:
        verdict.inexact_for_tracecraft += 1


def _bodies(store: Store, keys: Iterable[str]) -> Iterator[bytes]:
    return (store.get(key) for key in keys)


def _prefix(session_id: str, generation: int) -> str:
    return session_prefix(_HARNESS, session_id if generation == 1 else f"{session_id}~g{generation}")


def _common(first: bytes, second: bytes) -> int:
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if first[:middle] == second[:middle] else (low, middle - 1)
    return low


def _first_difference(stream: bytes, expected: bytes) -> str:
    return f"{len(stream)} bytes, expected {len(expected)}, alike for {_common(stream, expected)}"
