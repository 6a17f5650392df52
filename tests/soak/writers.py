"""Agents that write transcripts as badly as agents do, and a record of all that each transcript ever was."""

from __future__ import annotations

import json
import random
import threading
import uuid
from collections import Counter
from pathlib import Path

from support.transcripts import session_path

_MISHAPS = ("shorten", "empty and refill", "replace", "rewrite", "delete and restore", "delete and renew")
_TORN = 0.06


class Writer(threading.Thread):
    """One session. `past` holds a file for each content that was lost in a mishap; `counts` what was done."""

    def __init__(self, home: Path, workspace: Path, past: Path, *, seed: int, mishap_rate: float) -> None:
        super().__init__(name=f"writer-{seed}", daemon=True)
        self._rng = random.Random(seed)
        self.session_id = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        self.path = session_path(home / ".claude", str(workspace), self.session_id)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        past.mkdir(parents=True)
        self.past = past
        self.counts: Counter[str] = Counter()
        self._cwd = str(workspace)
        self._mishap_rate = mishap_rate
        self._lost = 0
        self._number = 0
        self._ending = threading.Event()

    def run(self) -> None:
        while not self._ending.wait(self._rng.uniform(0.05, 0.6)):
            if self._rng.random() < self._mishap_rate and self.path.exists():
                self._mishap(self._rng.choice(_MISHAPS))
            elif self._rng.random() < _TORN:
                line = self._line()
                cut = self._rng.randrange(1, len(line))
                self._append(line[:cut])
                self._ending.wait(self._rng.uniform(0.0, 1.5))
                self._append(line[cut:])
                self.counts["torn line"] += 1
            else:
                self._append(b"".join(self._line() for _ in range(self._rng.randint(1, 4))))

    def end(self) -> None:
        """Stops writing, with a last whole line that nothing before it equals."""
        self._ending.set()
        self.join()
        self._append(self._line())

    def content(self) -> bytes:
        """The transcript as it is now."""
        return self.path.read_bytes()

    def all_contents(self) -> list[bytes]:
        """Every content that a mishap took away, and the present one."""
        return [file.read_bytes() for file in sorted(self.past.iterdir())] + [self.content()]

    def _line(self) -> bytes:
        self._number += 1
        size = 30_000 if self._rng.random() < 0.005 else self._rng.randint(10, 500)
        text = f"{self._number} " + "".join(self._rng.choices('abc äß \\"\n\u2028', k=size))
        if self._rng.random() < 0.05:
            text += " AKIA" + "".join(self._rng.choices("ABCDEFGHIJ234567", k=16)) + " "
        record = {
            "type": "user",
            "uuid": str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            "sessionId": self.session_id,
            "cwd": self._cwd,
            "timestamp": "2026-11-21T08:00:00.000Z",
            "message": {"role": "user", "content": text},
        }
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"

    def _append(self, data: bytes) -> None:
        with self.path.open("ab", buffering=0) as file:
            file.write(data)
        self.counts["append"] += 1
        self.counts["bytes"] += len(data)

    def _mishap(self, kind: str) -> None:
        before = self.content()
        (self.past / f"{self._lost:06d}.jsonl").write_bytes(before)
        self._lost += 1
        self.counts[kind] += 1
        lines = before.splitlines(keepends=True) if b"\r" not in before else [before]
        other = b"".join(self._line() for _ in range(self._rng.randint(1, 30)))
        if kind == "shorten":
            kept = b"".join(lines[: -self._rng.randint(1, 5)])
            with self.path.open("r+b") as file:
                file.truncate(len(kept))
        elif kind == "empty and refill":
            with self.path.open("r+b", buffering=0) as file:
                file.truncate(0)
                self._ending.wait(self._rng.uniform(0.0, 0.5))
                half = len(before) // 2
                file.write(before[:half])
                file.write(before[half:])
        elif kind == "replace":
            temp = self.path.with_suffix(".tmp")
            temp.write_bytes(other)
            temp.replace(self.path)
        elif kind == "rewrite":
            self.path.write_bytes(other)
        else:
            self.path.unlink()
            self._ending.wait(self._rng.uniform(0.0, 3.0))
            self.path.write_bytes(before if kind == "delete and restore" else other)
