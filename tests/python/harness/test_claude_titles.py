"""Titles: named by whom, found how, and scanned only once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness import titles
from session_mirror.harness.claude_code import ClaudeCode
from session_mirror.source.jsonl import LineSlice, read_lines
from support.odd_lines import odd_lines
from support.transcripts import Transcript, every_record_type, lines_of_size

NAMES = {
    "custom-title": {"customTitle": "named by the user"},
    "ai-title": {"aiTitle": "named by the agent"},
    "last-prompt": {"lastPrompt": "typed last"},
    "summary": {"summary": "summed up"},
}


@pytest.fixture
def claude(tmp_path: Path) -> ClaudeCode:
    return ClaudeCode(environment={}, home=tmp_path)


def title(made: Transcript) -> str:
    return ClaudeCode(environment={}, home=Path("/nowhere")).title_of_lines(made.lines)


def note_reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where in files is read from now on."""
    starts: list[int] = []

    def read(path: Path, cursor: int, cap: int) -> LineSlice:
        starts.append(cursor)
        return read_lines(path, cursor, cap)

    monkeypatch.setattr("session_mirror.harness.titles.read_lines", read)
    return starts


@pytest.mark.parametrize("strongest", range(len(NAMES)))
def test_the_users_name_wins_then_the_agents_then_the_last_prompt_then_the_summary(strongest: int) -> None:
    made = Transcript()
    ranked = list(NAMES.items())[strongest:]
    for record_type, fields in ranked:
        made.metadata(record_type, **fields)
    made.prompt("typed first")
    assert title(made) == next(iter(ranked[0][1].values()))


def test_of_one_kind_the_last_counts_and_blank_ones_do_not() -> None:
    made = Transcript()
    for name in ("first", "second", "  ", ""):
        made.metadata("ai-title", aiTitle=name)
    made.metadata("ai-title", aiTitle=7)
    assert title(made) == "second"


def test_without_names_the_first_real_prompt_counts() -> None:
    made = Transcript()
    made.prompt("injected", isMeta=True)
    made.prompt("summary of before", isCompactSummary=True)
    made.prompt("to a sub-agent", isSidechain=True)
    made.prompt("a job is done", origin={"kind": "task-notification"})
    made.result("toolu_1", "result")
    made.prompt("<local-command-stdout>out</local-command-stdout>")
    made.prompt("[Request interrupted by user]")
    made.command("clear")
    made.prompt("<ide_opened_file>a.py is open</ide_opened_file>\nFix   the\nparser", images=1)
    made.prompt("and then the lexer")
    assert title(made) == "Fix the parser"


def test_a_slash_command_is_the_last_resort() -> None:
    made = Transcript()
    made.command("review", "src/parser")
    assert title(made) == "/review src/parser"


def test_a_summary_of_another_session_ranks_behind_the_first_prompt() -> None:
    made = Transcript()
    made.record("summary", summary="About another session", leafUuid=made.new_id())
    assert title(made) == "About another session"
    leaf = made.prompt("Fix the parser")
    assert title(made) == "Fix the parser"
    made.record("summary", summary="About this one", leafUuid=leaf)
    assert title(made) == "About this one"


def test_a_title_is_one_displayable_line_of_at_most_200_characters() -> None:
    made = Transcript()
    made.raw(b'{"type":"user","message":{"content":"a\\u0000b\\ud83d ' + b"word " * 9000 + b'"}}')
    found = title(made)
    assert len(found) <= 200
    assert found.startswith("a\ufffdb\ufffd word word")
    assert found.endswith("…")
    found.encode()


def test_an_empty_missing_or_unreadable_file_is_titled_by_its_id(claude: ClaudeCode, tmp_path: Path) -> None:
    empty = tmp_path / "1b2c3d4e-5555.jsonl"
    empty.touch()
    assert claude.title(empty) == "Session 1b2c3d4e-5555"
    assert claude.title(tmp_path / "gone.jsonl") == "Session gone"
    assert claude.title_of_lines([]) == "Untitled session"


def test_a_grown_file_is_read_on_from_where_it_was(
    claude: ClaudeCode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = note_reads(monkeypatch)
    made = Transcript()
    made.prompt("Fix the parser")
    path = made.write(tmp_path)
    assert claude.title(path) == "Fix the parser"
    scanned = path.stat().st_size
    starts.clear()
    assert claude.title(path) == "Fix the parser"
    assert starts == []
    made.metadata("custom-title", customTitle="Parser")
    made.write(tmp_path)
    assert claude.title(path) == "Parser"
    assert min(starts) == scanned


def test_a_title_in_an_unfinished_line_counts_once_it_is_whole(claude: ClaudeCode, tmp_path: Path) -> None:
    made = Transcript()
    made.prompt("Fix the parser")
    made.metadata("custom-title", customTitle="Parser")
    path = made.write(tmp_path)
    path.write_bytes(made.data()[:-5])
    assert claude.title(path) == "Fix the parser"
    made.write(tmp_path)
    assert claude.title(path) == "Parser"


@pytest.mark.parametrize("replace", [False, True])
def test_a_shortened_or_replaced_file_is_read_anew(claude: ClaudeCode, tmp_path: Path, *, replace: bool) -> None:
    made = Transcript(session_id="s")
    made.metadata("custom-title", customTitle="Old")
    made.turn()
    path = made.write(tmp_path)
    assert claude.title(path) == "Old"
    other = Transcript(session_id="s")
    other.metadata("custom-title", customTitle="New")
    if replace:
        other.lines *= 20
        path.rename(path.with_suffix(".old"))
    other.write(tmp_path)
    assert claude.title(path) == "New"


def test_of_a_large_file_only_both_ends_are_read(
    claude: ClaudeCode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "_END_BYTES", 100_000)
    monkeypatch.setattr(titles, "_BLOCK_BYTES", 10_000)
    starts = note_reads(monkeypatch)
    made = Transcript()
    made.prompt("Fix the parser")
    made.lines += lines_of_size(500_000)
    made.metadata("ai-title", aiTitle="Near the end")
    made.lines += lines_of_size(50_000)
    path = made.write(tmp_path)
    assert claude.title(path) == "Near the end"
    assert not [start for start in starts if 120_000 < start < path.stat().st_size - 100_000]


@given(st.lists(st.sampled_from([*odd_lines().values(), *every_record_type().lines]), max_size=12))
def test_no_lines_raise_and_the_title_is_never_empty(lines: list[bytes]) -> None:
    found = ClaudeCode(environment={}, home=Path("/nowhere")).title_of_lines(lines)
    assert 0 < len(found) <= 200
    assert "\n" not in found


def test_the_users_name_beside_the_session_counts_unless_a_record_tells_one(claude: ClaudeCode, tmp_path: Path) -> None:
    made = Transcript("/w/app", "one")
    made.prompt("typed first")
    made.metadata("ai-title", aiTitle="named by the agent")
    path = made.write(tmp_path)
    assert claude.title(path) == "named by the agent"
    beside = path.with_suffix("") / "custom-title.json"
    beside.parent.mkdir()
    for content, expected in (
        ('{"customTitle":"renamed\\n here"}', "renamed here"),
        ('{"customTitle":""}', "named by the agent"),
        ('{"customTitle":7}', "named by the agent"),
        ('{"customTitle":"to', "named by the agent"),
    ):
        beside.write_text(content)
        assert claude.title(path) == expected
    beside.write_text('{"customTitle":"renamed"}')
    made.metadata("custom-title", customTitle="renamed later")
    made.write(tmp_path)
    assert claude.title(path) == "renamed later"


def test_a_side_chain_in_the_file_gives_no_title_while_anything_else_does() -> None:
    made = Transcript()
    made.prompt("to a sub-agent", isSidechain=True)
    assert title(made) == "to a sub-agent"
    made.command("review")
    assert title(made) == "/review"
    made.prompt("typed")
    assert title(made) == "typed"


@pytest.mark.parametrize("flag", [{"isMeta": True}, {"isVisibleInTranscriptOnly": True}, {"promptSource": "system"}])
def test_what_nobody_typed_gives_no_title(flag: dict[str, object]) -> None:
    made = Transcript()
    made.enveloped("user", message={"content": "injected"}, **flag)
    made.prompt("typed")
    assert title(made) == "typed"
