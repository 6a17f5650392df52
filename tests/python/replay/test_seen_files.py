"""A file as the session saw it: exactly what it was, or honestly only a part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.errors import MirrorError
from session_mirror.protocol.files import ReplayFileParams
from session_mirror.replay import seen_files
from session_mirror.replay.file_text import GAP
from support.file_sessions import CWD, FILE, FileSession, seen

TEXT = st.text("ab\n é", max_size=12)
STEPS = st.lists(
    st.tuples(st.sampled_from(["edit", "everywhere", "write", "read", "part", "failed"]), TEXT, st.integers(0, 40)),
    max_size=12,
)


def numbered(text: str, start: int) -> str:
    return "\n".join(f"{number:6}→{line}" for number, line in enumerate(text.split("\n"), start))


def read(session: FileSession, text: str, start: int, count: int) -> None:
    lines = text.split("\n")
    part = lines[start - 1 : start - 1 + count]
    content = "\n".join(part)
    told = {"filePath": FILE, "content": content, "numLines": len(part), "startLine": start, "totalLines": len(lines)}
    session.call("Read", numbered(content, start), told={"type": "text", "file": told}, offset=start, limit=count)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT, STEPS)
def test_replaying_random_edits_gives_the_file_that_applying_them_gives(
    tmp_path: Path, first: str, steps: list[tuple[str, str, int]]
) -> None:
    session, text = FileSession(), first
    checks: list[tuple[int, str, str]] = []
    for step, given_text, number in steps:
        was, old = text, text[number : number + 1 + number % 5]
        if step == "write":
            text = given_text
            checks.append((session.call("Write", content=text), was, text))
        elif step == "read":
            read(session, text, 1, len(text.split("\n")))
        elif step == "part":
            read(session, text, 1 + number % len(text.split("\n")), 1 + number % 3)
        elif step == "failed" and old:
            session.call("Edit", "no", failed=True, old_string=old, new_string=given_text)
        elif old and (step == "everywhere" or text.count(old) == 1):
            text = text.replace(old, given_text)
            everywhere = step == "everywhere"
            line = session.call("Edit", old_string=old, new_string=given_text, replace_all=everywhere)
            checks.append((line, was, text))
    replay = session.open(tmp_path)
    for line, was, became in checks:
        before, after = seen(replay, line, "before"), seen(replay, line)
        assert after.is_whole or "Write" not in str(session.lines[line])
        assert not before.is_whole or before.value == was
        assert not after.is_whole or after.value == became
        assert not before.is_whole or after.is_whole


def test_an_edit_of_a_file_never_seen_shows_what_it_replaced_and_what_by(tmp_path: Path) -> None:
    session = FileSession()
    line = session.call("Edit", old_string="a = 1", new_string="a = 2")
    replay = session.open(tmp_path)
    before, after = seen(replay, line, "before"), seen(replay, line)
    assert (before.value, before.is_whole, after.value, after.is_whole) == ("a = 1", False, "a = 2", False)
    assert (after.path, after.edit_number, after.mark, after.can_compare) == (FILE, 1, "a = 2", True)


def test_what_a_write_replaced_is_not_made_up(tmp_path: Path) -> None:
    session = FileSession()
    over_unknown = session.call("Write", content="new\n")
    told = {"type": "create", "filePath": f"{CWD}/b.py", "content": "b\n"}
    first_one = session.call("Write", file_path=f"{CWD}/b.py", content="b\n", told=told)
    replay = session.open(tmp_path)
    assert [seen(replay, line, "before").is_whole for line in (over_unknown, first_one)] == [False, True]


def test_what_claude_noted_of_a_file_before_its_edit_is_all_of_it(tmp_path: Path) -> None:
    session = FileSession()
    told = {"filePath": FILE, "oldString": "b", "newString": "B", "originalFile": "a\nb\nc\n"}
    line = session.call("Edit", told=told, old_string="b", new_string="B")
    replay = session.open(tmp_path)
    assert (seen(replay, line, "before").value, seen(replay, line).value) == ("a\nb\nc\n", "a\nB\nc\n")
    assert seen(replay, line).is_whole


def test_pieces_of_a_file_stand_in_order_with_gaps_between_them(tmp_path: Path) -> None:
    session = FileSession()
    text = "\n".join(f"line {number}" for number in range(1, 41))
    read(session, text, 30, 2)
    read(session, text, 1, 3)
    read(session, text, 3, 2)
    line = session.call("Edit", old_string="line 31", new_string="LINE 31")
    after = seen(session.open(tmp_path), line)
    pieces = ["line 1\nline 2", "line 3\nline 4", "line 30\nLINE 31"]
    assert (after.value, after.is_whole) == (f"\n{GAP}\n".join(pieces), False)


def test_a_file_that_somebody_else_changed_is_no_longer_known_whole(tmp_path: Path) -> None:
    session = FileSession()
    session.call("Write", content="mine\n")
    line = session.call("Edit", old_string="theirs", new_string="ours")
    replay = session.open(tmp_path)
    assert (seen(replay, line, "before").value, seen(replay, line).value) == ("theirs", "ours")
    assert not seen(replay, line).is_whole


def test_an_edit_that_failed_is_shown_as_it_was_meant_but_changes_nothing_for_later_ones(tmp_path: Path) -> None:
    session = FileSession()
    session.call("Write", content="one two\n")
    failed = session.call("Edit", "denied", failed=True, old_string="one", new_string="1")
    later = session.call("Edit", old_string="two", new_string="2")
    replay = session.open(tmp_path)
    assert (seen(replay, failed).value, seen(replay, later).value) == ("1 two\n", "one 2\n")
    assert (seen(replay, failed).edit_number, seen(replay, later).edit_number) == (2, 3)


def test_several_edits_of_one_call_are_made_one_after_the_other(tmp_path: Path) -> None:
    session = FileSession()
    session.call("Write", content="a b\n")
    edits = [{"old_string": "a", "new_string": "b"}, {"old_string": "b b", "new_string": "c"}]
    line = session.call("MultiEdit", edits=edits)
    assert seen(session.open(tmp_path), line).value == "c\n"


def test_a_file_is_the_same_by_its_relative_and_its_whole_path(tmp_path: Path) -> None:
    session = FileSession()
    session.call("Write", file_path="./src/../parser.py", content="x = 1\n")
    session.call("Write", file_path="/elsewhere/parser.py", content="another\n")
    line = session.call("Edit", old_string="1", new_string="2")
    assert seen(session.open(tmp_path), line).value == "x = 2\n"


def test_a_patch_adds_updates_and_deletes(tmp_path: Path) -> None:
    def patch(*lines: str) -> str:
        return "\n".join(["*** Begin Patch", *lines, "*** End Patch"])

    session = FileSession()
    path = f"{CWD}/a.py"
    added = session.call("apply_patch", path=path, patch=patch(f"*** Add File: {path}", "+def f():", "+    return 1"))
    hunk = ["@@ def f():", "-    return 1", "+    return 2"]
    updated = session.call("apply_patch", path=path, patch=patch(f"*** Update File: {path}", *hunk))
    deleted = session.call("apply_patch", path=path, patch=patch(f"*** Delete File: {path}"))
    replay = session.open(tmp_path)
    assert [seen(replay, line).value for line in (added, updated, deleted)] == [
        "def f():\n    return 1\n",
        "def f():\n    return 2\n",
        "",
    ]
    assert seen(replay, updated).is_whole
    assert (seen(replay, added, "before").value, seen(replay, added, "before").is_whole) == ("", True)
    assert seen(replay, updated).mark == "    return 2"


def test_a_change_in_a_way_that_is_not_understood_makes_the_text_unknown(tmp_path: Path) -> None:
    session = FileSession()
    session.call("Write", content="x\n")
    odd = session.call("Edit", something="new")
    replay = session.open(tmp_path)
    assert (seen(replay, odd).value, seen(replay, odd).is_whole, seen(replay, odd).can_compare) == ("", False, False)


def test_a_text_beyond_the_limit_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_files, "MOST_CHARS", 5)
    session = FileSession()
    line = session.call("Write", content="0123456789")
    found = seen(session.open(tmp_path), line)
    assert (found.value, found.total_chars, found.is_cut) == ("01234", 5, True)


def test_a_long_text_comes_in_pages(tmp_path: Path) -> None:
    session = FileSession()
    whole = "é" * 300_000
    line = session.call("Write", content=whole)
    replay = session.open(tmp_path)
    got, total = "", 1
    while len(got) < total:
        asked = ReplayFileParams(replay_id="r", line=line, field=0, file=0, moment="after", offset=len(got))
        page = replay.seen_files.page(asked)
        got, total = got + page.value, page.total_chars
    assert got == whole


def test_events_without_a_file_and_lines_that_are_not_there_are_refused(tmp_path: Path) -> None:
    session = FileSession()
    line = session.call("Bash", command="ls", path="x")
    replay = session.open(tmp_path)
    for wrong, field in [(line, 0), (line, 5), (line + 1, 0), (99, 0)]:
        with pytest.raises(MirrorError):
            seen(replay, wrong, field=field)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Edit", {"old_string": "a", "new_string": "b", "replace_all": True}),
        ("MultiEdit", {"edits": [{"old_string": "a", "new_string": "b", "replace_all": True}]}),
        ("Edit", {"oldText": "a", "newText": "b", "replaceAll": True}),
        ("Edit", {"old_string": "a", "new_string": "b", "expected_replacements": 3}),
        ("Edit", {"old_string": "a", "new_string": "b", "allow_multiple": True}),
    ],
)
def test_a_text_that_is_replaced_everywhere_is_so_in_whole_files_and_in_known_parts(
    tmp_path: Path, name: str, arguments: dict[str, Any]
) -> None:
    whole = FileSession()
    whole.call("Write", content="a = 1\nc\nx = a\n")
    line = whole.call(name, **arguments)
    replay = whole.open(tmp_path)
    before, after = seen(replay, line, "before"), seen(replay, line)
    assert (before.value, after.value, after.is_whole) == ("a = 1\nc\nx = a\n", "b = 1\nc\nx = b\n", True)
    assert (after.mark, after.can_compare, after.edit_number) == ("b", True, 2)

    parts = FileSession()
    text = "".join(f"a {number}\n" for number in range(1, 100))
    read(parts, text, 60, 2)
    line = parts.call(name, **arguments)
    read(parts, text.replace("a", "b"), 10, 1)
    last = parts.call("Edit", old_string="b 60", new_string="c 60")
    replay = parts.open(tmp_path)
    assert seen(replay, line).value == "b 60\nb 61"
    assert seen(replay, last).value == f"b 10\n{GAP}\nc 60\nb 61", "the lines stand where they stood"


def test_one_of_several_is_replaced_where_not_all_were_asked_for(tmp_path: Path) -> None:
    session = FileSession()
    session.call("Write", content="a\na\n")
    line = session.call("Edit", old_string="a", new_string="b", replace_all=False)
    assert seen(session.open(tmp_path), line).value == "b\na\n"
