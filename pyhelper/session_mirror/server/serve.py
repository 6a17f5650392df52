"""Starts the helper's end of the editor's pipe, and ends it."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from types import FrameType
from typing import BinaryIO, NoReturn

from session_mirror import __version__
from session_mirror.server.ending import Ending
from session_mirror.server.facts import Facts
from session_mirror.server.handlers.area import bind
from session_mirror.server.handlers.mirror import MirrorArea
from session_mirror.server.handlers.replay import ReplayArea
from session_mirror.server.handlers.sessions import SessionsArea
from session_mirror.server.jobs import Jobs
from session_mirror.server.log import send_logs_to_editor
from session_mirror.server.mailbox import Mailbox
from session_mirror.server.mirroring import Mirroring
from session_mirror.server.parent import watch_parent, watch_process
from session_mirror.server.replays import Replays
from session_mirror.server.rpc import HelperServer, Lifecycle
from session_mirror.server.stdout_guard import claim_stdout

SHUTDOWN_S = 1.5
"""For flushing within the `shutdown` request; editors give up on it after two seconds."""
_SLOW_WORKERS = 8


def serve() -> NoReturn:
    """Speaks JSON-RPC on standard input and output until the editor says so, goes away, or a signal arrives."""
    stdout = claim_stdout()
    helper = _Helper()
    watch_parent(helper.ending.begin)
    for number in _signals():
        signal.signal(number, helper.on_signal)
    asyncio.run(helper.run(stdout))
    while True:
        threading.Event().wait()  # the ending ends the process; threads that hang must not keep it


class _Helper:
    """The object graph of one connection."""

    def __init__(self) -> None:
        self._mailbox = Mailbox()
        self.ending = Ending(self._close)
        lifecycle = Lifecycle(self._initialize, self._shutdown, self.ending.begin)
        self._server = HelperServer(__version__, lifecycle)
        facts = Facts(self._server.tell, self._mailbox)
        self._mirroring = Mirroring(facts)
        self._replays = Replays(facts.replay_changed)
        self._closing = Jobs(1, "shutdown")
        slow = Jobs(_SLOW_WORKERS, "request")
        tell, mailbox = self._server.tell, self._mailbox
        areas = (
            MirrorArea(self._mirroring, slow),
            SessionsArea(self._mirroring, slow, tell, mailbox),
            ReplayArea(self._mirroring, self._replays, slow, tell, mailbox),
        )
        bind(self._server, {method: handler for area in areas for method, handler in area.handlers().items()})
        send_logs_to_editor(tell, mailbox)

    async def run(self, stdout: BinaryIO) -> None:
        """Serves until standard input ends."""
        self._mailbox.open()
        try:
            await self._server.converse(sys.stdin.buffer, stdout)
        finally:
            self.ending.begin()

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Ends gracefully."""
        self.ending.begin()

    def _initialize(self, editor_pid: int | None) -> None:
        if editor_pid is not None:
            watch_process(editor_pid, self.ending.begin)

    async def _shutdown(self) -> None:
        await self._closing.run(lambda: self._close(SHUTDOWN_S))

    def _close(self, timeout_s: float) -> None:
        self._mirroring.close(timeout_s)
        self._replays.close_all()


def _signals() -> list[signal.Signals]:
    names = ("SIGTERM", "SIGINT", "SIGHUP")
    return [signal.Signals[name] for name in names if name in signal.Signals.__members__]
