"""Starts the helper's end of the editor's pipe, and ends it."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from contextlib import suppress
from typing import BinaryIO, NoReturn

from session_mirror import __version__
from session_mirror.server.allocation import give_back_large_blocks
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
_SWITCH_S = 0.001
"""After so long, not five times that, a thread at work gives the interpreter to one that has an editor waiting."""


def serve() -> NoReturn:
    """Speaks JSON-RPC on standard input and output until the editor says so, goes away, or a signal arrives."""
    stdout = claim_stdout()
    give_back_large_blocks()
    sys.setswitchinterval(_SWITCH_S)
    helper = _Helper()
    watch_parent(helper.ending.begin)
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
        self._catch_signals()
        try:
            await self._server.converse(sys.stdin.buffer, stdout)
        finally:
            self.ending.begin()

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            number = signal.Signals.__members__.get(name)
            if number is not None:
                with suppress(NotImplementedError):
                    # Wakes the loop, whichever thread the signal was delivered to.
                    loop.add_signal_handler(number, self.ending.begin)
                # And this works even while a pipe that nobody reads blocks the loop.
                signal.signal(number, lambda _number, _frame: self.ending.begin())

    def _initialize(self, editor_pid: int | None) -> None:
        if editor_pid is not None:
            watch_process(editor_pid, self.ending.begin)

    async def _shutdown(self) -> None:
        await self._closing.run(lambda: self._close(SHUTDOWN_S))

    def _close(self, timeout_s: float) -> None:
        self._mirroring.close(timeout_s)
        self._replays.close_all()
