"""Log records to the editor's log, through the protocol: standard error is for crashes.

Only our own records and warnings of libraries go there. An exception's text may quote a transcript or a key, so of a
trace only the places and the type are told.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

from lsprotocol import types

from session_mirror.server.mailbox import Mailbox
from session_mirror.server.progress import Notify

_OURS = "session_mirror"
_PYGLS = "pygls"
_MAX_CHARS = 8000
_LEVELS = (
    (logging.ERROR, types.MessageType.Error),
    (logging.WARNING, types.MessageType.Warning),
    (logging.INFO, types.MessageType.Info),
)


class EditorLog(logging.Handler):
    """Sends records as `window/logMessage`."""

    def __init__(self, notify: Notify, mailbox: Mailbox) -> None:
        super().__init__()
        self._notify = notify
        self._mailbox = mailbox
        self.setFormatter(_DiscreetFormatter("%(message)s"))

    def filter(self, record: logging.LogRecord) -> bool:
        # pygls writes about every message it sends, with its body; sending that would never end.
        if _belongs_to(record, _PYGLS):
            return False
        return record.levelno >= (logging.INFO if _belongs_to(record, _OURS) else logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)[:_MAX_CHARS]
        except Exception:  # noqa: BLE001  a record that cannot be formatted must not stop anybody
            text = f"{record.name}: a message could not be formatted"
        kind = next((kind for level, kind in _LEVELS if record.levelno >= level), types.MessageType.Log)
        params = types.LogMessageParams(type=kind, message=text)
        self._mailbox.post(lambda: self._notify(types.WINDOW_LOG_MESSAGE, params))


def send_logs_to_editor(notify: Notify, mailbox: Mailbox) -> None:
    """From now on all records go to the editor, and nowhere else."""
    logging.getLogger(_PYGLS).setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(logging.INFO)
    logging.basicConfig(level=logging.WARNING, handlers=[EditorLog(notify, mailbox)], force=True)


class _DiscreetFormatter(logging.Formatter):
    """Tells of an exception where it happened and its type, not its text."""

    def formatException(  # noqa: N802  the base class's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        frames = (f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace))
        return "\n".join([kind.__name__ if kind else "no exception", *frames])


def _belongs_to(record: logging.LogRecord, package: str) -> bool:
    return record.name == package or record.name.startswith(package + ".")
