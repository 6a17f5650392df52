"""A process of its own that does nothing but look for one regular expression, so that it can be killed over it.

Run by path, without this package: one JSON value a line on standard input, one answer a line on standard output.
First `{"pattern", "matchCase"}`, answered with `{"problem"}`, which is null when all is well; then
`{"texts": [[text, begin, end], ...], "limit"}`, answered with `{"spans": [[begin, length, ...], ...]}`.
"""

import faulthandler
import json
import os
import re
import sys
from contextlib import suppress

PATIENCE_S = 5.0
"""Whoever started us kills us earlier, unless it was killed itself."""
MEMORY_BYTES = 1 << 30


def main() -> None:
    """Answers until standard input ends."""
    _bound_memory()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    pattern: re.Pattern[str] | None = None
    for line in sys.stdin.buffer:
        # The watchdog is no Python thread: it also ends a process whose only lock the expression holds.
        faulthandler.dump_traceback_later(PATIENCE_S, exit=True, file=nowhere)
        asked = json.loads(line)
        if pattern is None:
            pattern, problem = _compiled(asked["pattern"], asked["matchCase"])
            answer: object = {"problem": problem}
        else:
            answer = {"spans": _found(pattern, asked["texts"], asked["limit"])}
        sys.stdout.buffer.write(json.dumps(answer).encode("ascii") + b"\n")
        sys.stdout.buffer.flush()
        faulthandler.cancel_dump_traceback_later()


def _compiled(pattern: str, match_case: bool) -> "tuple[re.Pattern[str] | None, str | None]":
    try:
        return re.compile(pattern, re.MULTILINE | (0 if match_case else re.IGNORECASE)), None
    except re.error as error:
        where = "" if error.pos is None else f" at character {error.pos + 1}"
        return None, f"{error.msg}{where}"
    except (RecursionError, OverflowError, MemoryError, ValueError):
        return None, "it is too large"


def _found(pattern: "re.Pattern[str]", texts: "list[tuple[str, int, int]]", limit: int) -> "list[list[int]]":
    found: list[list[int]] = []
    for text, begin, end in texts:
        spans: list[int] = []
        for match in pattern.finditer(text, begin):
            if match.start() >= end or limit <= 0:
                break
            if match.end() > match.start():
                spans += match.start(), match.end() - match.start()
                limit -= 1
        found.append(spans)
        if limit <= 0:
            break
    return found


def _bound_memory() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main()
