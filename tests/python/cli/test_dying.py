"""The process is killed at every step of every protocol; the next one leaves the bucket exact."""

import json
import shutil

import pytest

from session_mirror.failpoints import FAILPOINTS
from session_mirror.mirror.indexing import NEWS_BYTES
from support.line_indexes import check_indexes
from support.terminal import HARNESS, SESSION, Terminal

KILLED = -9
# Reached only when there is a generation to link to, or a bucket to come back to.
APART = ("meta.before_link", "recover.before_save")
FLUSH = [name for name in FAILPOINTS if name.startswith(("flush.", "meta.", "recover.")) and name not in APART]
GENERATION = [name for name in FAILPOINTS if name.startswith("generation.")] + ["meta.before_link"]
ATTACH = [name for name in FAILPOINTS if name.startswith("attach.")]
TAKEOVER = [name for name in FAILPOINTS if name.startswith("takeover.")]
LINES = [name for name in FAILPOINTS if name.startswith("lines.")]
# The others need a thousand parts, leftovers, tracecraft's names or another kind of store: compaction's own tests.
COMPACT = [f"compact.{step}" for step in ("after_list", "before_compose", "after_put", "after_head", "after_delete")]


def dying(name: str) -> dict[str, str]:
    return {"SESSION_MIRROR_FAILPOINTS": f"{name}=kill"}


@pytest.mark.parametrize("name", FLUSH)
@pytest.mark.parametrize("journal_lost", [False, True], ids=["journal kept", "journal lost"])
def test_dying_at_any_step_of_a_flush_loses_and_doubles_nothing(
    terminal: Terminal, name: str, journal_lost: bool
) -> None:
    first = terminal.transcript.read_bytes()
    assert terminal.run("mirror", **dying(name)).code == KILLED
    assert first.startswith(terminal.stream())
    if journal_lost:
        for file in (terminal.root / "state").glob("state.db*"):
            file.unlink()
    terminal.append(b'{"type":"system","subtype":"more"}\n')
    assert terminal.run("mirror").code == 0
    assert terminal.stream() == terminal.transcript.read_bytes()
    assert terminal.run("show", SESSION, "--raw").out == terminal.transcript.read_bytes()
    assert b"nothing new" in terminal.run("mirror").out


@pytest.mark.parametrize("name", ["recover.after_list", "recover.before_save", "flush.after_read"])
def test_dying_while_coming_back_without_a_journal_loses_and_doubles_nothing(terminal: Terminal, name: str) -> None:
    assert terminal.run("mirror").code == 0
    shutil.rmtree(terminal.root / "state")
    terminal.append(b'{"type":"system","subtype":"more"}\n')
    assert terminal.run("mirror", **dying(name)).code == KILLED
    assert terminal.run("mirror").code == 0
    assert terminal.stream() == terminal.transcript.read_bytes()
    assert len(terminal.parts()) == 2


@pytest.mark.parametrize("name", [*GENERATION, "meta.before_put", "meta.after_put", "flush.put_acked"])
@pytest.mark.parametrize("journal_lost", [False, True], ids=["journal kept", "journal lost"])
def test_dying_while_a_generation_begins_keeps_both_whole_and_linked(
    terminal: Terminal, name: str, journal_lost: bool
) -> None:
    assert terminal.run("mirror").code == 0
    before = terminal.transcript.read_bytes()
    after = before.replace(b"user", b"resu")
    assert after != before
    terminal.transcript.write_bytes(after)
    assert terminal.run("mirror", **dying(name)).code == KILLED
    if journal_lost:
        shutil.rmtree(terminal.root / "state")
    assert terminal.run("mirror").code == 0
    assert terminal.stream() == before
    assert terminal.stream(SESSION + "~g2") == after
    assert terminal.stream(SESSION + "~g3") == b""
    assert terminal.meta()["session_mirror"]["next"] == SESSION + "~g2"
    assert terminal.meta(SESSION + "~g2")["session_mirror"]["previous"] == SESSION


@pytest.mark.parametrize("name", ATTACH)
@pytest.mark.parametrize("journal_lost", [False, True], ids=["journal kept", "journal lost"])
def test_dying_over_a_long_output_puts_it_once(terminal: Terminal, name: str, journal_lost: bool) -> None:
    results = terminal.transcript.with_suffix("") / "tool-results"
    results.mkdir(parents=True)
    (results / "b1.txt").write_bytes(b"all of it")
    assert terminal.run("mirror", **dying(name)).code == KILLED
    if journal_lost:
        shutil.rmtree(terminal.root / "state")
    assert terminal.run("mirror").code == 0
    stored = terminal.bucket / "sessions" / "claude-code" / SESSION / "tool-results"
    assert {path.name: path.read_bytes() for path in stored.iterdir()} == {"b1.txt": b"all of it"}
    assert terminal.stream() == terminal.transcript.read_bytes()
    assert terminal.run("verify", SESSION).code == 0


@pytest.mark.parametrize("name", TAKEOVER)
def test_dying_while_a_session_is_taken_over_leaves_it_to_the_next(terminal: Terminal, name: str) -> None:
    assert terminal.run("mirror").code == 0
    meta = terminal.meta()
    meta["session_mirror"] |= {"machine": "elsewhere", "machine_id": "another"}
    meta["ended_at"] = "2099-01-01T00:00:00+00:00"
    terminal.meta_path().write_text(json.dumps(meta))
    shutil.rmtree(terminal.root / "state")
    terminal.append(b'{"type":"system","subtype":"more"}\n')
    assert terminal.run("mirror", **dying(name)).code == KILLED
    assert terminal.run("mirror").code == 0
    assert terminal.stream() == terminal.transcript.read_bytes()
    assert terminal.meta()["session_mirror"]["machine"] != "elsewhere"


@pytest.mark.parametrize("name", COMPACT)
def test_dying_at_any_step_of_a_compaction_leaves_an_exact_session(terminal: Terminal, name: str) -> None:
    for number in range(4):
        terminal.append(b'{"type":"system","subtype":"more %d"}\n' % number)
        assert terminal.run("mirror").code == 0
    whole = terminal.transcript.read_bytes()
    assert terminal.run("compact", SESSION, **dying(name)).code == KILLED
    assert terminal.run("show", SESSION, "--raw").out == whole
    terminal.append(b'{"type":"system","subtype":"after"}\n')
    assert terminal.run("mirror").code == 0
    assert terminal.run("compact", SESSION).code == 0
    assert len(terminal.parts()) == 1
    assert terminal.run("show", SESSION, "--raw").out == terminal.transcript.read_bytes()


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("journal_lost", [False, True], ids=["journal kept", "journal lost"])
def test_dying_while_its_lines_are_indexed_leaves_nothing_that_lies(
    terminal: Terminal, name: str, journal_lost: bool
) -> None:
    for number in range(400):
        terminal.append(b'{"type":"system","subtype":"line %d","content":"%s"}\n' % (number, b"x" * 3000))
    assert terminal.run("mirror", **dying(name)).code == KILLED
    assert terminal.stream() == terminal.transcript.read_bytes()
    check_indexes(terminal.objects(), HARNESS, SESSION, terminal.stream())
    if journal_lost:
        shutil.rmtree(terminal.root / "state")
    terminal.append(b'{"type":"system","subtype":"more"}\n')
    assert terminal.run("mirror").code == 0
    indexed = check_indexes(terminal.objects(), HARNESS, SESSION, terminal.stream())
    assert indexed >= len(terminal.stream()) - NEWS_BYTES
    assert indexed > 0
    assert terminal.run("show", SESSION, "--raw").out == terminal.transcript.read_bytes()
    assert terminal.run("verify", SESSION).code == 0
