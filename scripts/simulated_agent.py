#!/usr/bin/env python3
"""Plays a coding agent: writes a Claude Code transcript live, record by record, for the demonstration and for tests.

    simulated_agent.py --config-dir DIR --cwd DIR [--session-id ID] [--delay S] [--turns N] [--seed N] [--forever]

Prints the transcript's path first. Needs nothing but Python; ends by itself after its turns, or when stopped.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / part) for part in ("pyhelper", "tests/python", "scripts")]

from simulated_story import TURNS  # noqa: E402

from support.transcripts import Transcript, session_path  # noqa: E402


class LiveTranscript(Transcript):
    """Each record goes to the file as soon as it is made, as one appended write, after a pause."""

    def __init__(self, path: Path, cwd: str, session_id: str, *, seed: int, delay_s: float) -> None:
        super().__init__(cwd, session_id, seed=seed, clock=lambda: datetime.now(timezone.utc))
        self._path = path
        self._delay_s = delay_s

    def raw(self, line: bytes) -> None:
        """Appends one line; the file is opened anew each time, as the agent does."""
        time.sleep(self._delay_s)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.write(descriptor, line + b"\n")
        finally:
            os.close(descriptor)


def play(transcript: Transcript, turns: int, *, forever: bool) -> None:
    """The story's turns in order, again from the second one when it is over."""
    played = 0
    while forever or played < turns:
        turn: Callable[[Transcript, int], None]
        turn = TURNS[played] if played < len(TURNS) else TURNS[1 + (played - 1) % (len(TURNS) - 1)]
        turn(transcript, played)
        played += 1


def main() -> None:
    """Reads the arguments and plays."""
    parser = argparse.ArgumentParser(description="Writes a believable Claude Code transcript live.")
    parser.add_argument("--config-dir", type=Path, required=True, help="what CLAUDE_CONFIG_DIR would be")
    parser.add_argument("--cwd", type=Path, required=True, help="the workspace the agent works in")
    parser.add_argument("--session-id", default=str(uuid.uuid4()))
    parser.add_argument("--delay", type=float, default=1.0, help="seconds before each record")
    parser.add_argument("--turns", type=int, default=len(TURNS), help="prompts to play; the story has %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="for what varies between runs")
    parser.add_argument("--forever", action="store_true", help="go on until stopped")
    arguments = parser.parse_args()
    cwd = os.path.realpath(arguments.cwd)
    path = session_path(arguments.config_dir, cwd, arguments.session_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    print(path, flush=True)
    transcript = LiveTranscript(path, cwd, arguments.session_id, seed=arguments.seed, delay_s=arguments.delay)
    try:
        play(transcript, arguments.turns, forever=arguments.forever)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
