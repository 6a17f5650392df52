"""Search in long output that lies in files beside the session: all of it, in its place, and within bounds."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest

from session_mirror.bucket.names import session_prefix
from session_mirror.harness.base import Attachment, ReadRecord
from session_mirror.harness.claude_code import ClaudeCode
from session_mirror.protocol.search import ReplayFilter, ReplaySearchParams, ReplaySearchResult, SearchHit, SearchPlace
from session_mirror.replay import attachments, passages
from session_mirror.replay.attachments import Attachments, in_bucket, on_disk
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.search import search
from session_mirror.replay.session import Replay
from session_mirror.replay.sieve import Sieve
from support.line_harness import LineHarness, line_of
from support.memory_store import MemoryStore

PREFIX = session_prefix("lines", "s") + "tool-results/"


class Spilling(LineHarness):
    """A text `persisted-output NAME` says where the whole of it lies."""

    def read_record(self, line: bytes) -> ReadRecord:
        record = super().read_record(line)
        events = [
            attrs.evolve(event, attachment=event.text.value.split()[1])
            if event.text.value.startswith("persisted-output ")
            else event
            for event in record.events
        ]
        return attrs.evolve(record, events=tuple(events))


def replay_of(tmp_path: Path, outputs: Attachments, *lines: bytes) -> Replay:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return Replay("r1", DiskSource(path), Spilling(), attachments=outputs)


def beside(tmp_path: Path, **texts: str) -> Attachments:
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    return Attachments(on_disk(lambda: [Attachment(name, tmp_path / name, 1, 1) for name in texts]))


def find(
    replay: Replay, query: str, *, most_hits: int = 500, budget_s: float = 9.0, wanted: ReplayFilter | None = None
) -> tuple[list[SearchHit], int]:
    """All hits, and how many outputs were not searched."""
    results: list[ReplaySearchResult] = []
    place = SearchPlace(index=0)
    while not results or not results[-1].is_complete:
        asked = ReplaySearchParams(replay_id="r1", query=query, start=place, filter=wanted)
        results.append(search(replay.contents(), asked, most_hits=most_hits, budget_s=budget_s))
        assert results[-1].is_complete or results[-1].next != place, "a search that is asked on gets on"
        place = results[-1].next
    return [hit for each in results for hit in each.hits], sum(len(each.unsearched) for each in results)


@pytest.mark.parametrize(("most_hits", "budget_s"), [(500, 9.0), (1, 9.0), (500, 0.0)])
def test_hits_in_output_beside_the_session_come_behind_those_of_its_event(
    tmp_path: Path, most_hits: int, budget_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passages, "PIECE_CHARS", 1 << 18)
    far = "x" * 600_000
    outputs = beside(tmp_path, a=f"Needle {far} needle \N{GRINNING FACE} needle", b="nothing")
    lines = [line_of("a needle"), line_of("persisted-output a needle", "needle"), line_of("persisted-output b")]
    hits, unsearched = find(replay_of(tmp_path, outputs, *lines), "needle", most_hits=most_hits, budget_s=budget_s)
    assert unsearched == 0
    assert [(hit.index, hit.field, hit.start, hit.in_output) for hit in hits] == [
        (0, 0, 2, False),
        (1, 0, 19, False),
        (1, 0, 0, True),
        (1, 0, 600_008, True),
        (1, 0, 600_017, True),
        (1, 1, 0, False),
    ]


def test_output_of_events_that_a_filter_hides_is_not_searched(tmp_path: Path) -> None:
    replay = replay_of(tmp_path, beside(tmp_path, a="needle"), line_of("persisted-output a", tool="Bash"))
    replay.analyse()
    assert len(find(replay, "needle", wanted=ReplayFilter(tools=("Bash",)))[0]) == 1
    assert find(replay, "needle", wanted=ReplayFilter(errors_only=True)) == ([], 0)


@pytest.mark.parametrize("most_hits", [1, 500])
def test_output_that_is_gone_or_too_large_is_counted_once(
    tmp_path: Path, most_hits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "SEARCHED_BYTES", 10)
    outputs = beside(tmp_path, a="needle", b="needle and more")
    lines = [line_of(f"persisted-output {name} needle") for name in ("gone", "a", "b")]
    hits, unsearched = find(replay_of(tmp_path, outputs, *lines), "needle", most_hits=most_hits)
    assert (len(hits), unsearched) == (4, 2)


def test_of_a_bucket_small_outputs_are_fetched_once_and_no_more_than_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "FETCHED_BYTES", 20)
    monkeypatch.setattr(attachments, "FETCHED_IN_ALL_BYTES", 30)
    store = MemoryStore()
    for name, size in (("a", 15), ("large", 21), ("b", 15), ("c", 15)):
        store.plant(PREFIX + name, b"needle".ljust(size))
    outputs = Attachments(in_bucket(store, "lines", ["s"], None))
    lines = [line_of(f"persisted-output {name}") for name in ("a", "large", "b", "c")]
    replay = replay_of(tmp_path, outputs, *lines)
    for query in ("needle", "NEEDLE"):
        hits, unsearched = find(replay, query)
        assert ([hit.index for hit in hits], unsearched) == ([0, 2], 2)
    assert store.requests == {"list": 1, "get": 2}
    replay.attachment("large", 0)
    assert [hit.index for hit in find(replay, "needle")[0]] == [0, 1, 2], "what the reader opened is there anyway"
    replay.close()


STUB = "<persisted-output>\nOutput too large. Full output saved to: /home/ada/x/tool-results/b1.txt\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [(STUB, {}), ("the beginning of it", {"persistedOutputPath": "/home/ada/x/tool-results/b1.txt"})],
)
def test_every_line_with_output_beside_the_session_passes_the_sieve(content: str, told: dict[str, str]) -> None:
    result = {"type": "tool_result", "tool_use_id": "t1", "content": content}
    line = json.dumps({"type": "user", "message": {"content": [result]}, "toolUseResult": told}).encode()
    assert [event.attachment for event in ClaudeCode([]).read_record(line).events] == ["b1.txt"]
    for match_case in (True, False):
        assert list(Sieve("Needle", match_case=match_case).lines([len(line)], line)) == [0]
