"""The process is killed at every step of every protocol; the next one leaves the bucket exact."""

import pytest

from session_mirror.failpoints import FAILPOINTS
from support.terminal import SESSION, Terminal

KILLED = -9
FLUSH = [name for name in FAILPOINTS if name.startswith(("flush.", "meta."))]
# Amid deletions and before collecting need a thousand parts or leftovers: compaction's own tests die there.
COMPACT = [
    name
    for name in FAILPOINTS
    if name.startswith("compact.") and name not in ("compact.mid_delete", "compact.before_collect")
]


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
