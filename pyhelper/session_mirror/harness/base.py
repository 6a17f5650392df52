"""What the rest of the program needs to know of a coding agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import attrs

from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.images import ImageSource
from session_mirror.harness.tally import EVERY_TURN, Spent
from session_mirror.protocol.mirror import Problem
from session_mirror.protocol.replay import EventKind, ReplayEvent, ToolCall
from session_mirror.protocol.statistics import Statistics


@attrs.frozen
class Attachment:
    """A file that belongs to a session and is mirrored beside its stream: tool output too long for the transcript.

    `name` is one path segment; `size` in bytes, `modified_ns` since the Unix epoch.
    """

    name: str
    path: Path
    size: int
    modified_ns: int


@attrs.frozen
class Base:
    """Where a session begins whose own file has only its later lines: bytes `[0, end)` of another file.

    `path` is None where that file is gone; `session_id` is the session it belongs, or belonged, to, which may be the
    same one; `base` is where the other file itself begins.
    """

    session_id: str
    path: Path | None
    end: int
    base: Base | None = None


@attrs.frozen
class FoundSession:
    """A session found on this machine's disk. `modified_ms` is the source's mtime, Unix epoch.

    `size` is what reading the source gives: of a compressed one, what it holds.
    """

    harness: str
    session_id: str
    path: Path
    cwd: str
    size: int
    modified_ms: int
    parent_id: str | None = None
    """The session whose agent began this one; None where a person did."""
    agent: str = ""
    """Of a sub-agent: its kind and its task, on one line."""
    sidecar: Path | None = None
    """A small JSON file beside `path` that tells more of the session, and is rewritten."""
    database: Path | None = None
    """The database whose change log `path` is; None where `path` is the agent's own file."""
    attachments: tuple[Attachment, ...] = ()
    base: Base | None = None
    """What the conversation begins with that `path` doesn't hold: a reverted session, or a fork."""
    driver: str = ""
    """The other tool that began it, as people call it, where the session's own records tell."""


@attrs.frozen
class ReadRecord:
    """One line of a transcript, normalised: the events in it, cut texts not yet cut."""

    time_ms: int | None
    model: str | None
    is_sidechain: bool
    events: tuple[ReplayEvent, ...]
    images: Mapping[int, Sequence[ImageSource]] = attrs.field(factory=dict)
    """The images of events that have some, by the events' `field`."""
    chain: int = 0
    """See `Glance`; a line by itself doesn't tell."""


class Happened(Protocol):
    """An event as far as it is laid out and counted: a `ReplayEvent`, or one without its text."""

    @property
    def kind(self) -> EventKind: ...

    @property
    def is_error(self) -> bool: ...

    @property
    def tool(self) -> ToolCall | None: ...


class Glance(Protocol):
    """A line at a glance: a `ReadRecord`, or one whose events have no texts."""

    @property
    def time_ms(self) -> int | None: ...

    @property
    def is_sidechain(self) -> bool: ...

    @property
    def chain(self) -> int:
        """Which of the sub-agents inside the session it is of, from 1, in the order in which they began; else 0."""
        ...

    @property
    def events(self) -> Sequence[Happened]: ...

    @property
    def images(self) -> Mapping[int, Sequence[ImageSource]]:
        """Of events that have some, by their place among the record's events."""
        ...


class Account(Protocol):
    """One pass over a stream: what its lines are to each other, and what they add up to."""

    def feed(self, line: bytes) -> Glance:
        """Takes the next line, without its line feed, and says what `read_record` would show of it; never raises.

        Of a line that is known to only repeat another one it may say nothing.
        """
        ...

    def arrangement(self) -> Arrangement:
        """In which order the lines fed so far are shown, and which of them are folded away."""
        ...

    def statistics(self, turns: slice = EVERY_TURN) -> Statistics:
        """Counts and tokens of the lines fed so far; of the turns only some."""
        ...

    def turn_count(self) -> int:
        """How many turns there are."""
        ...

    def responses(self) -> Mapping[str, Spent]:
        """What each response of the model cost, by an identity that its copies in other sessions share."""
        ...


class Harness(Protocol):
    """One file per agent implements this; `harness.registry` lists them."""

    @property
    def name(self) -> str:
        """The id used in bucket keys: `claude-code`."""
        ...

    @property
    def label(self) -> str:
        """The name people use: `Claude Code`."""
        ...

    def roots(self) -> Sequence[Path]:
        """Directories to watch recursively; they need not exist yet."""
        ...

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        """This machine's sessions that ran in one of the folders or below; cheap to repeat.

        Unreadable files are left out.
        """
        ...

    def problems(self) -> Sequence[Problem]:
        """What the last `discover` could not read, or found and did not understand."""
        ...

    def has_news(self) -> bool:
        """Whether `discover` would find news that no directory's date tells of: rows in a database.

        Asked every two seconds, so it costs a stat or two; always False for agents that write files.
        """
        ...

    def drives(self) -> Mapping[tuple[str, str], str]:
        """Sessions of other agents that this one drove, by harness and id, and by which session of its own; as of the
        last `discover`."""
        ...

    def title(self, path: Path) -> str:
        """A title for people, at most 200 characters, never empty."""
        ...

    def title_of_lines(self, lines: Sequence[bytes]) -> str:
        """The same from the beginning of a stream, for sessions that exist only in a bucket."""
        ...

    def read_record(self, line: bytes) -> ReadRecord:
        """One line as events; never raises: what is not understood is an `opaque` event with the line as text."""
        ...

    def account(self) -> Account:
        """A new pass over one stream."""
        ...
