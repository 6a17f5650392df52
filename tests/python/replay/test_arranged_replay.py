"""Lines are shown where they belong: said again in their first place, after their parents, and each at hand raw."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.harness.base import Glance
from session_mirror.protocol.replay import ReplayRecord
from session_mirror.replay import session
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.session import Replay
from support.line_harness import LineAccount, LineHarness, line_of, read_line

IDS = st.sampled_from(["", "a", "b", "c", "d"])
LINES = st.lists(st.tuples(IDS, IDS), max_size=12)


def open_replay(path: Path, lines: list[bytes]) -> Replay:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return Replay("r1", DiskSource(path), LineHarness())


def shown(replay: Replay) -> list[str]:
    return [event.text.value for record in everything(replay) for event in record.events]


def everything(replay: Replay) -> tuple[ReplayRecord, ...]:
    return replay.window(0, 1000).records


def test_a_record_said_again_is_shown_once_where_it_stood_first(tmp_path: Path) -> None:
    replay = open_replay(
        tmp_path / "s", [line_of("draft", id="a"), line_of("reply", id="b", parent="a"), line_of("final", id="a")]
    )
    assert shown(replay) == ["final", "reply"]
    assert [(record.index, record.line) for record in everything(replay)] == [(0, 2), (1, 1), (2, 0)]


def test_every_line_is_at_hand_raw_at_its_place_folded_or_not(tmp_path: Path) -> None:
    lines = [line_of("x", id="a"), line_of("y", id="b"), line_of("z", id="a"), line_of("early", parent="p")]
    lines.append(line_of("late", id="p"))
    replay = open_replay(tmp_path / "s", lines)
    records = everything(replay)
    assert sorted(record.line for record in records) == list(range(5))
    for record in records:
        assert replay.raw(record.index, 0).value.encode() == lines[record.line]
        assert record.raw_bytes == len(lines[record.line])
        for event in record.events:
            assert replay.text(record.index, event.field, 0).value == event.text.value


def test_a_growing_session_says_that_what_was_seen_stands_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "s"
    replay = open_replay(path, [line_of("draft", id="a"), line_of("reply")])
    with path.open("ab") as file:
        file.write(line_of("more") + b"\n")
    news = replay.poll()
    assert news is not None
    assert not news.rearranged
    with path.open("ab") as file:
        file.write(line_of("final", id="a") + b"\n")
    news = replay.poll()
    assert news is not None
    assert (news.rearranged, news.restarted) == (True, False)
    assert shown(replay) == ["final", "reply", "more"]
    assert replay.poll() is None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, st.integers(0, 12), st.integers(1, 5))
def test_looked_at_in_any_pieces_and_asked_for_in_any_windows_it_shows_the_same(
    tmp_path: Path, lines: list[tuple[str, str]], cut: int, width: int
) -> None:
    spelled = [
        line_of(str(n), **({"id": i} if i else {}), **({"parent": p} if p else {})) for n, (i, p) in enumerate(lines)
    ]
    path = tmp_path / "s"
    grown = open_replay(path, spelled[:cut])
    with path.open("ab") as file:
        file.write(b"".join(line + b"\n" for line in spelled[cut:]))
    grown.poll()
    windows = [record for start in range(0, len(spelled), width) for record in grown.window(start, width).records]
    assert tuple(windows) == everything(open_replay(tmp_path / "whole", spelled))


def test_a_large_session_is_shown_at_once_and_arranged_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "ANALYSED_AT_ONCE_S", 0.0)
    replay = open_replay(tmp_path / "s", [line_of("draft", id="a"), line_of("final", id="a")])
    assert shown(replay) == ["draft", "final"]
    assert not replay.statistics(0).is_complete
    news = replay.poll()
    assert news is not None
    assert (news.rearranged, news.analysed_count) == (True, 2)
    assert shown(replay) == ["final"]
    assert replay.statistics(0).is_complete


def test_turns_begin_where_their_prompts_are_shown(tmp_path: Path) -> None:
    replay = open_replay(tmp_path / "s", [line_of("child", parent="p"), line_of("parent", id="p"), line_of("last")])
    turns = replay.statistics(0).statistics.turns
    records = everything(replay)
    for turn in turns:
        assert records[turn.line].events[0].text.value == turn.prompt
    assert [turn.prompt for turn in turns] == ["child", "parent", "last"]


def test_turns_come_in_pages(tmp_path: Path) -> None:
    replay = open_replay(tmp_path / "s", [line_of(str(number)) for number in range(600)])
    replay.analyse()
    prompts: list[str] = []
    while len(prompts) < replay.statistics(0).turn_count:
        prompts += [turn.prompt for turn in replay.statistics(len(prompts)).statistics.turns]
    assert prompts == [str(number) for number in range(600)]


def test_an_account_that_is_fed_a_line_too_long_to_parse_gets_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[bytes] = []
    monkeypatch.setattr("session_mirror.replay.lines.LONG_LINE_BYTES", 100)

    def feed(_: LineAccount, line: bytes) -> Glance:
        fed.append(line)
        return read_line(line)

    monkeypatch.setattr(LineAccount, "feed", feed)
    open_replay(tmp_path / "s", [b"x" * 200, b"short"])
    assert fed == [b"", b"short"]
