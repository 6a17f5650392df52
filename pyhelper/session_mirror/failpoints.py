"""Named steps of the protocols at which a test may end, fail or hold the process: how crash safety is proved.

Nothing happens unless a test arms a step, or `SESSION_MIRROR_FAILPOINTS` is set when the process starts, as in
`compact.after_put=kill` or `flush.put_acked=raise@3,meta.before_put=kill`: `@3` acts the third time only.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, get_args

import attrs

Failpoint = Literal[
    "export.before_write",
    "export.mid_write",
    "export.before_sync",
    "export.after_sync",
    "flush.after_read",
    "flush.after_intent",
    "flush.before_put",
    "flush.put_acked",
    "flush.after_commit",
    "recover.after_list",
    "recover.before_begin",
    "recover.before_save",
    "generation.before_save",
    "generation.after_save",
    "takeover.before_put",
    "takeover.after_put",
    "meta.before_put",
    "meta.after_put",
    "meta.before_link",
    "lines.before_put",
    "lines.after_put",
    "lines.after_note",
    "attach.after_intent",
    "attach.put_acked",
    "attach.after_commit",
    "upload.after_begin",
    "upload.after_piece",
    "upload.before_finish",
    "compact.after_list",
    "compact.after_mark",
    "compact.after_get",
    "compact.before_compose",
    "compact.after_put",
    "compact.after_head",
    "compact.mid_delete",
    "compact.after_delete",
    "compact.before_collect",
    "compact.before_unmark",
]
FAILPOINTS: tuple[Failpoint, ...] = get_args(Failpoint)
VARIABLE = "SESSION_MIRROR_FAILPOINTS"
_SETTING = re.compile(r"(?P<name>[a-z._]+)=(?P<action>kill|raise)(?:@(?P<nth>[1-9][0-9]*))?")


class Tripped(Exception):  # noqa: N818  a wish, not an error
    """Raised at an armed step."""


@attrs.define
class _Armed:
    action: Callable[[], None]
    passes_left: int


_lock = threading.Lock()
_armed: dict[str, _Armed] = {}


def failpoint(name: Failpoint) -> None:
    """Marks a step; costs one look at an empty dictionary."""
    if _armed:
        _reach(name)


@contextmanager
def armed(name: Failpoint, action: Callable[[], None], nth: int = 1) -> Iterator[None]:
    """Within the block, the `nth` time any thread comes by the step, `action` runs there; once."""
    with _lock:
        before = _armed.get(name)
        _armed[name] = _Armed(action, nth - 1)
    try:
        yield
    finally:
        with _lock:
            if before is None:
                _armed.pop(name, None)
            else:
                _armed[name] = before


def kill() -> None:
    """Ends this process at once: no handler, no flushing, no `finally`."""
    if sys.platform != "win32":
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(137)


def trip() -> None:
    """Raises `Tripped`."""
    raise Tripped


def _reach(name: Failpoint) -> None:
    with _lock:
        found = _armed.get(name)
        if found is None:
            return
        if found.passes_left:
            found.passes_left -= 1
            return
        del _armed[name]
    found.action()


def _read_settings(environment: Mapping[str, str]) -> dict[str, _Armed]:
    """What the environment arms.

    Raises:
        ValueError: it names no known step or action; a misspelt one would let a test pass that tests nothing.
    """
    settings = {}
    for text in filter(None, environment.get(VARIABLE, "").split(",")):
        found = _SETTING.fullmatch(text)
        if found is None or found["name"] not in FAILPOINTS:
            raise ValueError(f"{VARIABLE}: {text!r} names no failpoint and action")
        settings[found["name"]] = _Armed({"kill": kill, "raise": trip}[found["action"]], int(found["nth"] or 1) - 1)
    return settings


_armed.update(_read_settings(os.environ))
