"""Where the system refuses to watch, changes are polled for, the remedy is named, and events come back."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from session_mirror.source import watch
from session_mirror.source.watch import Watcher
from support import limited_watch

WAIT_S = 60
IN_NAMESPACE = ("unshare", "--user", "--map-root-user")


def namespaces_work() -> bool:
    """Whether this system lets us have limits of our own."""
    try:
        return subprocess.run([*IN_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not namespaces_work(), reason="no user namespaces here, whose limits could be set")
@pytest.mark.parametrize(
    ("limit", "value", "setting"),
    [
        ("max_inotify_watches", "3", "fs.inotify.max_user_watches"),
        ("max_inotify_instances", "0", "fs.inotify.max_user_instances"),
    ],
)
def test_a_real_limit_is_polled_around_named_and_recovered_from(
    tmp_path: Path, limit: str, value: str, setting: str
) -> None:
    for name in "abcdef":
        (tmp_path / name).mkdir()
    ran = subprocess.run(
        [*IN_NAMESPACE, sys.executable, limited_watch.__file__, str(tmp_path), limit, value],
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert f"raise the sysctl {setting}" in ran.stdout


class Unwatchable:
    """Stands for the library: fails as told, then watches truly. Remembers whether denied directories were left out."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self._real = watchfiles.watch
        self.denied_left_out: list[bool] = []
        self.began = threading.Semaphore(0)

    def __call__(self, *paths: Path, **options: Any) -> Iterable[Any]:
        self.denied_left_out.append(options["ignore_permission_denied"])
        self.began.release()
        if self._errors:
            raise self._errors.pop(0)
        return self._real(*paths, **options)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Unwatchable], Watcher]:
    """Starts a watcher of a directory; the test must stop it."""
    monkeypatch.setattr(watch, "TICK_S", 0.05)

    def start(library: Unwatchable) -> Watcher:
        monkeypatch.setattr(watchfiles, "watch", library)
        watcher = Watcher([tmp_path], lambda _: None, lambda: None, polls=lambda _: False)
        watcher.start()
        return watcher

    return start


def test_a_directory_that_may_not_be_read_is_left_out_and_only_then(
    watched: Callable[[Unwatchable], Watcher],
) -> None:
    """The library is silent about limits while it leaves out what is denied."""
    library = Unwatchable(PermissionError(13, "Permission denied"))
    watcher = watched(library)
    assert library.began.acquire(timeout=WAIT_S)
    assert library.began.acquire(timeout=WAIT_S)
    watcher.stop()
    assert library.denied_left_out[:2] == [False, True]
    assert (watcher.mode, watcher.hint) == ("events", "")


def test_a_watch_is_made_anew_now_and_then(
    watched: Callable[[Unwatchable], Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "RENEW_S", 0.2)
    library = Unwatchable()
    watcher = watched(library)
    for _ in range(3):
        assert library.began.acquire(timeout=WAIT_S)
    watcher.stop()
    assert watcher.mode == "events"
