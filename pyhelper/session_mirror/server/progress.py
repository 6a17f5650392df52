"""Work-done progress on a token that came with a request."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Protocol

from lsprotocol import types

from session_mirror.server.mailbox import Mailbox

_EVERY_S = 0.1


class Notify(Protocol):
    """Sends a notification; on the loop only."""

    def __call__(self, method: str, params: object) -> None: ...


class WorkProgress:
    """Used in a `with` statement on the loop; `report` may be called from any thread. Without a token all is silent."""

    def __init__(self, notify: Notify, mailbox: Mailbox, token: str | int | None, title: str) -> None:
        self._notify = notify
        self._mailbox = mailbox
        self._token = token
        self._title = title
        self._shown = 0
        self._shown_at = 0.0
        self._ended = False

    def __enter__(self) -> WorkProgress:
        self._send(types.WorkDoneProgressBegin(title=self._title, cancellable=True, percentage=0))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._send(types.WorkDoneProgressEnd())
        self._ended = True

    def report(self, done_bytes: int, total_bytes: int) -> None:
        """How much of the work is done; at most ten times a second, and never backwards."""
        percentage = min(100, 100 * done_bytes // total_bytes) if total_bytes > 0 else 0
        now = time.monotonic()
        if percentage <= self._shown or (percentage < 100 and now - self._shown_at < _EVERY_S):
            return
        self._shown, self._shown_at = percentage, now
        self._mailbox.post(lambda: self._send(types.WorkDoneProgressReport(percentage=percentage)))

    def _send(self, value: object) -> None:
        # A job that was given up may still report.
        if self._token is not None and not self._ended:
            self._notify(types.PROGRESS, types.ProgressParams(token=self._token, value=value))
