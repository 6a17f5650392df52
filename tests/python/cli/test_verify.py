"""`session-mirror verify`: exit codes and words that scripts and people can rely on."""

import json

from support.terminal import SESSION, Terminal


def test_a_whole_session_is_fine_and_a_damaged_one_is_not(terminal: Terminal) -> None:
    for _ in range(3):
        terminal.append(b'{"type":"system","subtype":"more"}\n')
        terminal.run("mirror")
    fine = terminal.run("verify", SESSION)
    assert fine.code == 0
    assert "equal to its transcript" in fine.text
    part = terminal.bucket / "sessions" / "claude-code" / SESSION / terminal.parts()[1]
    part.write_bytes(part.read_bytes().replace(b"more", b"MORE"))
    damaged = terminal.run("verify", "--all")
    assert damaged.code == 1
    assert f"in {part.name} on" in damaged.text
    part.unlink()
    missing = terminal.run("verify", SESSION, "--json")
    assert missing.code == 1
    told = json.loads(missing.out)
    assert told["ok"] is False
    assert "Parts were deleted" in told["problem"]


def test_a_session_that_is_not_there_is_an_error_and_so_is_no_choice(terminal: Terminal) -> None:
    assert terminal.run("verify", "nobody").code == 1
    assert terminal.run("verify").code == 2
    assert terminal.run("verify", "--all").code == 0
