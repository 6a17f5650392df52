"""Watches a directory while the kernel refuses, and again when it doesn't: `limited_watch.py ROOT LIMIT VALUE`.

Run in a user namespace of its own, whose limits (`max_inotify_watches`, `max_inotify_instances`) are nobody else's.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from session_mirror.source import watch
from session_mirror.source.watch import Watcher

WAIT_S = 20.0


def main(root: Path, limit: Path, value: str) -> None:
    """Prints the hint that the watcher gives under the limit; fails unless it recovers afterwards."""
    watch.TICK_S, watch.RETRY_S = 0.1, 0.3  # type: ignore[misc]
    told: set[Path] = set()
    news = threading.Event()

    def on_paths(paths: Iterable[Path]) -> None:
        told.update(paths)
        news.set()

    def until(true: Callable[[], bool], what: str) -> None:
        beat = threading.Event()
        for _ in range(round(WAIT_S / 0.05)):
            if true():
                return
            beat.wait(0.05)
        raise SystemExit(f"not within {WAIT_S} s: {what}")

    before = limit.read_text()
    limit.write_text(value)
    watcher = Watcher([root], on_paths, news.set, polls=lambda _: False)
    watcher.start()
    until(lambda: watcher.mode == "polling" and bool(watcher.hint), "polling")
    sys.stdout.write(watcher.hint)
    limit.write_text(before)
    until(lambda: watcher.mode == "events" and not watcher.hint, "events again")
    (root / "a" / "s.jsonl").touch()
    until(lambda: root / "a" / "s.jsonl" in told, "an event")
    watcher.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path("/proc/sys/user") / sys.argv[2], sys.argv[3])
