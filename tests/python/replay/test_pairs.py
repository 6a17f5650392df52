"""Calls know their results, results their calls, and files their records, also where lines stand elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from session_mirror.harness.actions import tool_call
from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.base import ReadRecord
from session_mirror.harness.claude_code import ClaudeCode
from session_mirror.harness.codex_cli import Codex
from session_mirror.protocol.replay import EventKind, ReplayEvent, TextSlice
from session_mirror.replay import session
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.event_index import EventIndex
from session_mirror.replay.pairs import paired, touched_file
from session_mirror.replay.places import Places
from session_mirror.replay.session import Replay
from support.rollouts import Era, Rollout
from support.transcripts import Transcript


def record(time_ms: int | None, kind: EventKind, call_id: str, name: str = "", path: str = "") -> ReadRecord:
    tool = tool_call(call_id, name, "", {"file_path": path})
    event = ReplayEvent(kind=kind, field=0, text=TextSlice(value="", total_chars=0), format="plain", tool=tool)
    return ReadRecord(time_ms, None, is_sidechain=False, events=(event,))


def found(records: list[ReadRecord], places: Places) -> list[tuple[int | None, int | None]]:
    index = EventIndex()
    for each in records:
        index.add(each)
    events = [paired(each, index, places).events[0] for each in records]
    return [(event.partner, event.took_ms) for event in events]


def test_a_call_and_its_result_know_each_other_and_how_long_it_took() -> None:
    records = [record(1_000, "toolCall", "a"), record(1_500, "toolCall", "b"), record(4_000, "toolResult", "a")]
    assert found(records, Places()) == [(2, 3_000), (None, None), (0, 3_000)]


def test_where_lines_are_rearranged_partners_are_where_they_are_shown() -> None:
    records = [record(9, "system", ""), record(1, "toolCall", "a"), record(2, "toolResult", "a")]
    assert found(records, Places(Arrangement([1, 2, 0]))) == [(None, None), (1, 1), (0, 1)]


def test_times_that_are_missing_or_go_back_give_no_wrong_duration() -> None:
    assert found([record(None, "toolCall", "a"), record(2, "toolResult", "a")], Places())[0] == (1, None)
    assert found([record(5, "toolCall", "a"), record(2, "toolResult", "a")], Places())[0] == (1, 0)


def test_files_tell_who_touched_them_first_and_last() -> None:
    index = EventIndex()
    for each in [
        record(1, "toolCall", "a", "Read", "x.py"),
        record(2, "toolCall", "b", "Edit", "x.py"),
        record(None, "toolCall", "c", "Write", "y.py"),
        record(4, "toolResult", "b"),
    ]:
        index.add(each)
    x, y = (touched_file(each, Places()) for each in index.files(0, 9))
    assert (x.path, x.first_index, x.last_index, x.first_at_ms, x.last_at_ms, x.reads, x.writes) == (
        "x.py",
        0,
        1,
        1,
        2,
        1,
        1,
    )
    assert (y.path, y.first_at_ms, y.writes) == ("y.py", None, 1)
    assert index.file_count == 2


def test_calls_that_were_told_before_their_results_were_known_are_asked_for_anew_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "ANALYSED_AT_ONCE_S", 0.0)
    made = Transcript()
    made.result(made.call("Bash", command="make"), "done")
    made.call("Bash", command="make test")
    path = tmp_path / "s.jsonl"
    path.write_bytes(made.data())
    replay = Replay("r1", DiskSource(path), ClaudeCode(environment={}, home=tmp_path))

    def partners() -> list[int | None]:
        return [record.events[0].partner for record in replay.window(0, 9).records]

    assert partners() == [None, None, None]
    news = replay.poll()
    assert news is not None
    assert news.rearranged
    assert partners() == [1, 0, None]
    assert replay.poll() is None, "one that has no result is no news"


@pytest.mark.parametrize("era", ["legacy", "paginated"])
def test_a_call_leads_to_its_result_not_to_what_is_told_of_it_later(tmp_path: Path, era: Era) -> None:
    made = Rollout(era=era)
    made.begin()
    call = made.call("exec_command", cmd="sleep 9")
    made.item("function_call_output", call_id=call, output="Process running with session ID 1\nOutput:\n")
    made.result(call, "Process exited with code 0\nOutput:\nslept\n")
    said = made.lines.pop()
    path = tmp_path / "rollout.jsonl"
    path.write_bytes(b"".join(made.lines))
    replay = Replay("r1", DiskSource(path), Codex(environment={}, home=tmp_path))
    replay.analyse()
    records = replay.window(0, 100).records
    (partner,) = [event.partner for each in records for event in each.events if event.kind == "toolCall"]
    assert b"exec_command_end" in made.lines[-1] or b"item_completed" in made.lines[-1]
    assert partner is not None
    assert [event.kind for event in records[partner].events] == ["toolResult"], said
