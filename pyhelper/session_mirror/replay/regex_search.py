"""Regular expressions, which may take for ever and let nothing else run meanwhile: in a process that can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from session_mirror.replay import regex_child
from session_mirror.replay.passages import Passage
from session_mirror.replay.plain_search import Spans

ANSWER_S: Final = 2.0
START_S: Final = 10.0
"""Starting a process takes longer where the machine is busy."""
TOO_LONG: Final = "This expression takes too long."
_KEPT_VARIABLES: Final = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "TEMP")
_PROGRAM: Final = Path(regex_child.__file__)


class RegexError(Exception):
    """Why an expression finds nothing, for people."""


class RegexSearch:
    """One process for one expression; a context manager, which ends it."""

    def __init__(self, pattern: str, *, match_case: bool, answer_s: float = ANSWER_S) -> None:
        """Starts it.

        Raises:
            RegexError: it is no regular expression, or none that can be used.
        """
        self._answer_s = answer_s
        # As the helper itself may be: nothing of the user's own Python, and none of our credentials.
        command = [sys.executable, "-I", "-S", "-X", "utf8", str(_PROGRAM)]
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        try:
            self._process = subprocess.Popen(  # noqa: S603  our own program
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise RegexError("Regular expressions cannot be looked for: no process can be started.") from error
        try:
            told = self._ask({"pattern": pattern, "matchCase": match_case}, START_S)["problem"]
            if told is not None:
                raise RegexError(f"Not a regular expression: {told}.")
        except BaseException:
            self.close()
            raise

    def find(self, passages: Sequence[Passage], limit: int) -> list[Spans]:
        """The hits in each passage, until there are `limit` of them.

        Raises:
            RegexError: it takes too long.
        """
        texts = [(passage.text, passage.begin, passage.end) for passage in passages]
        spans = self._ask({"texts": texts, "limit": limit}, self._answer_s)["spans"]
        return [list(zip(each[::2], each[1::2], strict=True)) for each in spans]

    def close(self) -> None:
        """Ends the process; closing twice is fine."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self._process.wait()

    def __enter__(self) -> RegexSearch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, question: object, patience_s: float) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise AssertionError("both are pipes")
        watchdog = threading.Timer(patience_s, self._process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            stdin.write(json.dumps(question).encode("ascii") + b"\n")
            stdin.flush()
            answer = stdout.readline()
        except OSError:
            answer = b""
        finally:
            watchdog.cancel()
        if not answer:
            raise RegexError(TOO_LONG)
        told: dict[str, Any] = json.loads(answer)
        return told
