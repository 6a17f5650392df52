"""Records tell what the conversation makes of them: its own, copied from another session, or taken back later."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.arrangement import Arrangement
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.places import Places
from session_mirror.replay.session import Replay
from support.line_harness import LineAccount, LineHarness, line_of

RANGES = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda span: range(span[0], sum(span))))


@given(RANGES, st.integers(0, 30))
def test_a_line_is_what_the_arrangement_says_of_it_however_its_ranges_lie(taken_back: list[range], copied: int) -> None:
    places = Places(Arrangement(copied=range(copied), taken_back=taken_back))
    for line in range(50):
        is_back = any(line in each for each in taken_back)
        assert places.standing_of(line) == ("takenBack" if is_back else "copied" if line < copied else "own")


def test_records_tell_it_wherever_they_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arranged = Arrangement([2, 0, 1], copied=range(1), taken_back=[range(2, 3)])
    monkeypatch.setattr(LineAccount, "arrangement", lambda _: arranged)
    path = tmp_path / "s"
    path.write_bytes(b"".join(line_of(text) + b"\n" for text in ("copied", "own", "back")))
    records = Replay("r1", DiskSource(path), LineHarness()).window(0, 9).records
    assert [(record.line, record.standing) for record in records] == [(2, "takenBack"), (0, "copied"), (1, "own")]


def test_what_was_seen_and_is_taken_back_is_asked_for_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s"
    path.write_bytes(line_of("one") + b"\n")
    replay = Replay("r1", DiskSource(path), LineHarness())
    own = LineAccount.arrangement
    monkeypatch.setattr(LineAccount, "arrangement", lambda self: attrs.evolve(own(self), taken_back=[range(1)]))
    with path.open("ab") as file:
        file.write(line_of("roll back") + b"\n")
    news = replay.poll()
    assert news is not None
    assert news.rearranged
    assert replay.poll() is None
