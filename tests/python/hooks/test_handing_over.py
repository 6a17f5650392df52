"""One background process ends while a hook begins another: between them no note may be left behind."""

from __future__ import annotations

import threading
from pathlib import Path

from session_mirror.errors import MirrorError
from session_mirror.hooks.background import attend, background_lock
from session_mirror.hooks.configuration import HookConfiguration, write_configuration
from session_mirror.mirror.deps import Deps
from session_mirror.protocol.mirror import Destination
from support.following import until


class Patience(threading.Event):
    """Tells that somebody waits for something else than the end."""

    def __init__(self) -> None:
        super().__init__()
        self.is_needed = False

    def wait(self, timeout: float | None = None) -> bool:
        self.is_needed = True
        return super().wait(timeout)


NOTE = b'codex\n1\n\n{"session_id": "a", "cwd": "/home/ada", "hook_event_name": "SessionStart"}'


def no_store(_: HookConfiguration) -> Deps:
    raise MirrorError("There is no store.", kind="network", hint="")


def spool_of(state: Path) -> Path:
    spool = state / "hooks" / "spool"
    spool.mkdir(parents=True)
    write_configuration(
        state,
        HookConfiguration(destination=Destination(), redact=True, program=("x",), version="1", installed={}),
    )
    return spool


def test_who_left_a_note_waits_until_it_is_taken_and_does_the_work_itself_if_need_be(tmp_path: Path) -> None:
    note = spool_of(tmp_path) / "7"
    note.write_bytes(NOTE)
    ending = background_lock(tmp_path)
    assert ending.acquire()
    stopping = Patience()
    waiting = threading.Thread(target=attend, args=(tmp_path, no_store, stopping))
    waiting.start()
    until(lambda: stopping.is_needed, "the process to wait")
    ending.release()
    until(lambda: not note.exists(), "the note to be taken")
    stopping.set()
    waiting.join(20)
    assert background_lock(tmp_path).acquire()
    assert b'"session_id": "a"' in (tmp_path / "hooks" / "sessions.json").read_bytes()


def test_who_finds_another_at_work_and_no_note_has_nothing_to_do(tmp_path: Path) -> None:
    spool_of(tmp_path)
    working = background_lock(tmp_path)
    assert working.acquire()
    attend(tmp_path, no_store, threading.Event())
    assert working.held


def test_without_anything_to_do_the_process_ends(tmp_path: Path) -> None:
    spool_of(tmp_path)
    attend(tmp_path, no_store, threading.Event())
    assert background_lock(tmp_path).acquire()
