"""The watcher: what changes is told, whatever appears or vanishes; and it always ends quickly."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import watchfiles

from session_mirror.source import watch
from session_mirror.source.watch import Watcher

DEADLINE_S = 10.0


class Heard:
    """Collects what a watcher tells, and lets a test wait for it."""

    def __init__(self) -> None:
        self.paths: set[Path] = set()
        self.unknown = 0
        self.modes: set[str] = set()
        self.watcher: Watcher | None = None
        self._news = threading.Condition()

    def on_paths(self, paths: Iterable[Path]) -> None:
        with self._news:
            self.paths |= set(paths)
            self._news.notify_all()

    def on_unknown(self) -> None:
        with self._news:
            self.unknown += 1
            if self.watcher:
                self.modes.add(self.watcher.mode)
            self._news.notify_all()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(condition, DEADLINE_S), (self.paths, self.unknown)

    def wait_a_little(self) -> None:
        with self._news:
            self._news.wait(0.3)


@contextmanager
def watching(*roots: Path, polls: Callable[[Path], bool] = lambda _: False) -> Iterator[tuple[Watcher, Heard]]:
    heard = Heard()
    watcher = Watcher(roots, heard.on_paths, heard.on_unknown, polls=polls)
    heard.watcher = watcher
    watcher.start()
    try:
        yield watcher, heard
    finally:
        started = time.monotonic()
        watcher.stop()
        assert time.monotonic() - started < 1.0
        assert not watcher._thread.is_alive()


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"{}\n")


def append_until_told(path: Path, heard: Heard) -> None:
    """For a watch of which is not known when it stands."""
    deadline = time.monotonic() + DEADLINE_S
    while path not in heard.paths:
        assert time.monotonic() < deadline
        append(path)
        heard.wait_a_little()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "TICK_S", 0.1)
    monkeypatch.setattr(watch, "POLL_S", 0.3)


def test_a_changed_file_in_a_sub_directory_is_told(tmp_path: Path) -> None:
    path = tmp_path / "project" / "s.jsonl"
    path.parent.mkdir()
    append(path)
    with watching(tmp_path) as (watcher, heard):
        heard.wait_for(lambda: heard.unknown >= 1)
        append(path)
        heard.wait_for(lambda: path in heard.paths)
        assert watcher.mode == "events"


def test_names_that_the_library_hides_by_default_are_told(tmp_path: Path) -> None:
    paths = [tmp_path / "-w-node_modules" / "s.jsonl", tmp_path / ".git" / "s.jsonl", tmp_path / "s.jsonl~"]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
    with watching(tmp_path) as (_, heard):
        heard.wait_for(lambda: heard.unknown >= 1)
        for path in paths:
            append(path)
        heard.wait_for(lambda: set(paths) <= heard.paths)


def test_a_root_that_appears_later_is_watched(tmp_path: Path) -> None:
    root = tmp_path / "later" / "projects"
    with watching(root) as (_, heard):
        root.mkdir(parents=True)
        heard.wait_for(lambda: heard.unknown >= 1)
        append_until_told(root / "s.jsonl", heard)


def test_a_root_that_is_replaced_is_watched_again(tmp_path: Path) -> None:
    root = tmp_path / "projects"
    root.mkdir()
    with watching(root) as (_, heard):
        heard.wait_for(lambda: heard.unknown >= 1)
        root.rename(tmp_path / "old")
        heard.wait_for(lambda: heard.unknown >= 2)
        root.mkdir()
        append_until_told(root / "s.jsonl", heard)


def test_a_missing_root_does_not_keep_the_others_from_being_watched(tmp_path: Path) -> None:
    with watching(tmp_path / "missing", tmp_path) as (_, heard):
        heard.wait_for(lambda: heard.unknown >= 1)
        append(tmp_path / "s.jsonl")
        heard.wait_for(lambda: tmp_path / "s.jsonl" in heard.paths)


def test_waiting_for_missing_roots_costs_next_to_nothing(tmp_path: Path) -> None:
    with watching(tmp_path / "missing") as (watcher, heard):
        started, busy = time.monotonic(), time.process_time()
        watcher._stop.wait(1.5)
        assert time.process_time() - busy < (time.monotonic() - started) / 10
        assert heard.unknown == 0
        assert watcher.mode == "events"


def test_a_root_on_a_silent_file_system_is_polled_beside_events_of_others(tmp_path: Path) -> None:
    silent, audible = tmp_path / "silent", tmp_path / "audible"
    silent.mkdir()
    audible.mkdir()
    with watching(silent, audible, polls=lambda root: root == silent) as (watcher, heard):
        heard.wait_for(lambda: heard.unknown >= 1)
        assert watcher.mode == "polling"
        told = heard.unknown
        append(silent / "s.jsonl")
        append(audible / "s.jsonl")
        heard.wait_for(lambda: audible / "s.jsonl" in heard.paths)
        heard.wait_for(lambda: heard.unknown > told)
        assert silent / "s.jsonl" not in heard.paths


def test_without_the_events_library_it_polls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with watching(tmp_path) as (_, heard):
        heard.wait_for(lambda: "polling" in heard.modes and heard.unknown >= 2)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("broken")])
def test_when_events_fail_it_polls_and_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    real = watchfiles.watch
    failures = iter([error])

    def fails_once(*paths: Path, **options: object) -> object:
        if failure := next(failures, None):
            raise failure
        return real(*paths, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(watchfiles, "watch", fails_once)
    monkeypatch.setattr(watch, "RETRY_S", 0.1)
    with watching(tmp_path) as (watcher, heard):
        heard.wait_for(lambda: "polling" in heard.modes)
        append_until_told(tmp_path / "s.jsonl", heard)
        assert watcher.mode == "events"


def test_a_failing_listener_does_not_end_the_watch(tmp_path: Path) -> None:
    heard = Heard()
    calls = threading.Semaphore(0)

    def fails(paths: Iterable[Path]) -> None:
        heard.on_paths(paths)
        calls.release()
        raise KeyError

    def fails_too() -> None:
        calls.release()
        raise KeyError

    watcher = Watcher([tmp_path], fails, fails_too, polls=lambda _: False)
    watcher.start()
    assert calls.acquire(timeout=DEADLINE_S)
    for name in ("a", "b"):
        append(tmp_path / name)
        heard.wait_for(lambda name=name: tmp_path / name in heard.paths)  # type: ignore[misc]
    watcher.stop()
    assert not watcher._thread.is_alive()


def test_stopping_before_starting_is_fine(tmp_path: Path) -> None:
    heard = Heard()
    Watcher([tmp_path], heard.on_paths, heard.on_unknown).stop()
    assert heard.unknown == 0
