"""The one exception family: what failed, of which kind, and what a user can do about it.

MirrorError
└── ObjectMissing (bucket.store)
"""

from __future__ import annotations

from session_mirror.protocol.mirror import ErrorKind, Problem

_RETRYABLE: frozenset[ErrorKind] = frozenset({"network", "throttled", "disk", "auth", "notFound", "source"})


class MirrorError(Exception):
    """A failure that can be shown to a user as it is; its message holds no transcript text and no secret."""

    def __init__(self, message: str, *, kind: ErrorKind, hint: str, retry_after_s: float | None = None) -> None:
        """`retry_after_s`: how long the other side asked us to wait."""
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.hint = hint
        self.retry_after_s = retry_after_s

    def as_problem(self) -> Problem:
        """The form that crosses the wire."""
        return Problem(kind=self.kind, message=self.message, hint=self.hint, retryable=self.kind in _RETRYABLE)


def problem_of(error: BaseException) -> Problem:
    """Any exception as a problem; an unexpected one names only its type, since its text may quote a transcript."""
    if isinstance(error, MirrorError):
        return error.as_problem()
    return Problem(
        kind="bug",
        message=f"Unexpected {type(error).__name__}.",
        hint="Please report this with the log; mirroring goes on trying.",
        retryable=True,
    )
