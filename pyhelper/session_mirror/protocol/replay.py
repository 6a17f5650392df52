"""Messages of the replay window protocol: the page asks for windows of records and never holds the session."""

from __future__ import annotations

from typing import Literal

import attrs

from .mirror import Problem
from .statistics import Statistics

EventKind = Literal[
    "prompt", "reply", "thinking", "toolCall", "toolResult", "system", "compaction", "subAgent", "error", "opaque"
]
ToolAction = Literal[
    "shell",
    "read",
    "edit",
    "write",
    "search",
    "todo",
    "plan",
    "fetch",
    "webSearch",
    "agent",
    "ask",
    "image",
    "other",
]
ReplayOrigin = Literal["disk", "bucket"]
ReplayStanding = Literal["current", "earlier", "otherMachine", "onlyInBucket"]
"""`earlier`: a generation that a newer one followed; `otherMachine`: another machine mirrored it; `onlyInBucket`: its
source is gone from this one."""
RecordStanding = Literal["own", "copied", "takenBack"]
"""`copied`: of another session, which this one began with; `takenBack`: the conversation went on without it."""

ImageProblem = Literal["remote", "file", "missing", "format", "redacted", "damaged", "tooLarge"]
"""`remote`: only its address is in the session, and nothing is loaded from there; `file`: it is in a file, which is no
part of the session; `missing`: the agent left it out; `format`: it is no PNG, JPEG, GIF or WebP; `redacted`: a part of
it looked like a secret; `damaged`: it can't be read; `tooLarge`: it has more bytes or pixels than are shown."""


@attrs.frozen(kw_only=True)
class TextSlice:
    """A text, cut where it is long; `replay/text` loads the rest."""

    value: str
    total_chars: int
    """Length of the whole text in Unicode code points; more than `value` holds means cut."""


@attrs.frozen(kw_only=True)
class ToolCall:
    """A call, or the call that a result answers as far as it is known."""

    call_id: str
    name: str
    target: str
    """What it acted on in a few words: a path, a command, a pattern; may be empty."""
    action: ToolAction = "other"
    """What the tool does, whatever its agent calls it."""
    paths: tuple[str, ...] = ()
    """The files that it reads or writes, as far as its arguments tell."""


@attrs.frozen(kw_only=True)
class EventImage:
    """An image of an event as its first bytes tell of it, or why it isn't shown."""

    media_type: str
    """By its own bytes; of one that isn't shown also what the session calls it, or empty."""
    size_bytes: int
    """0 where the session doesn't hold it."""
    width: int
    """In pixels, as `height`; both are 0 where they aren't known."""
    height: int
    is_animated: bool = False
    problem: ImageProblem | None = None


@attrs.frozen(kw_only=True)
class ReplayEvent:
    """One thing that happened. `field` addresses its text for `replay/text`."""

    kind: EventKind
    field: int
    """Position among the record's events, from 0."""
    text: TextSlice
    format: Literal["markdown", "plain", "json"]
    tool: ToolCall | None = None
    is_error: bool = False
    label: str = ""
    """A short caption: subtype of a system event, name of an opaque record's type."""
    images: int = 0
    """How many images are in the event."""
    told_images: tuple[EventImage, ...] = ()
    """The first of them, in order; `replay/image` has their bytes."""
    partner: int | None = None
    """Of a call the record with its result, of a result that with its call; None while it isn't known."""
    took_ms: int | None = None
    """From such a call to its result."""
    attachment: str | None = None
    """The file that holds all of a tool's output, where the transcript has only its beginning: `replay/attachment`
    reads it."""


@attrs.frozen(kw_only=True)
class ReplayRecord:
    """One line of the stream and the events in it; an empty tuple means it shows nothing by itself."""

    index: int
    """Where it stands among what is shown, from 0."""
    time_ms: int | None
    model: str | None
    is_sidechain: bool
    raw_bytes: int
    events: tuple[ReplayEvent, ...]
    line: int = 0
    """Its number in the stream, from 0; another than `index` where lines are shown in another order."""
    at_ms: int | None = None
    """When it is played, on the time axis; None while that isn't known."""
    standing: RecordStanding = "own"


@attrs.frozen(kw_only=True)
class ReplayOpenParams:
    """`auto`: the source on disk when it is there, else the bucket."""

    harness: str
    session_id: str
    origin: Literal["auto", "disk", "bucket"] = "auto"
    path: str | None = None
    """A transcript file of this machine, whoever wrote it: then that is opened, and the rest means nothing."""
    work_done_token: str | int | None = None


@attrs.frozen(kw_only=True)
class ReplayOpenResult:
    """A handle that stays valid until `replay/close` or the helper's end."""

    replay_id: str
    origin: ReplayOrigin
    title: str
    cwd: str | None
    record_count: int
    total_bytes: int
    is_live: bool
    redacted: bool
    """Whether secrets were replaced in what is shown."""
    problem: Problem | None = None
    """Set when the session is longer than what can be shown: its mirror has a hole."""
    missing_bytes: int = 0
    """Of `total_bytes` so many are still on their way, or not looked through yet: facts tell of the records in them."""
    analysed_count: int = 0
    """So many lines are in the statistics by now."""
    standing: ReplayStanding = "current"
    machine: str | None = None
    """Host name of the machine that wrote the mirror; None for a source on disk."""
    harness: str = ""
    """The agent whose records these are; of a file it was told by its lines."""
    parent_id: str | None = None
    """The session whose agent began this one."""


@attrs.frozen(kw_only=True)
class ReplayWindowParams:
    """Asks for records `[start, start + count)`."""

    replay_id: str
    start: int
    count: int


@attrs.frozen(kw_only=True)
class ReplayWindowResult:
    """May hold fewer records than asked for (at most 256 KiB), never none when `start` is inside the session."""

    start: int
    records: tuple[ReplayRecord, ...]
    record_count: int


@attrs.frozen(kw_only=True)
class ReplayTextParams:
    """Asks for more of one event's text, by code points."""

    replay_id: str
    index: int
    field: int
    offset: int


@attrs.frozen(kw_only=True)
class ReplayRawParams:
    """Asks for a record's raw line (invalid UTF-8 replaced), by code points."""

    replay_id: str
    index: int
    offset: int


@attrs.frozen(kw_only=True)
class ReplayImageParams:
    """Asks for an image's base64, by its number among those of its event; `offset` is 0, or where a page ended."""

    replay_id: str
    index: int
    field: int
    image: int
    offset: int


@attrs.frozen(kw_only=True)
class ReplayImageResult:
    """At most 256 KiB of base64, which can be decoded by itself."""

    offset: int
    value: str
    total_chars: int
    media_type: Literal["image/png", "image/jpeg", "image/gif", "image/webp"]
    """What its first bytes are those of, whatever the session calls it."""


@attrs.frozen(kw_only=True)
class ReplayAttachmentParams:
    """Asks for a session's attachment by the name that one of its events gives, by code points."""

    replay_id: str
    name: str
    offset: int


@attrs.frozen(kw_only=True)
class ReplayTextResult:
    """At most 256 KiB of text from `offset`."""

    offset: int
    value: str
    total_chars: int


@attrs.frozen(kw_only=True)
class ReplayStatisticsParams:
    """Asks what the session adds up to, and for its turns from a number on."""

    replay_id: str
    from_turn: int = 0


@attrs.frozen(kw_only=True)
class ReplayStatisticsResult:
    """Turns come some 256 at a time, and `line` of each is a record's `index`."""

    statistics: Statistics
    turn_count: int
    is_complete: bool
    """False while lines have not been looked at: a large session takes a while after it was opened."""
    images: int
    """How many there are, also of those that are not shown."""
    image_bytes: int
    """About what they hold, as far as they are in the session."""


@attrs.frozen(kw_only=True)
class TouchedFile:
    """A file that tools read or wrote, by which records first and last. Times are Unix epoch milliseconds."""

    path: str
    first_index: int
    last_index: int
    first_at_ms: int | None
    last_at_ms: int | None
    reads: int
    writes: int


@attrs.frozen(kw_only=True)
class ReplayFilesParams:
    """Asks for the files that tools touched, from a number on."""

    replay_id: str
    start: int = 0


@attrs.frozen(kw_only=True)
class ReplayFilesResult:
    """In the order in which they were touched first, some 200 at a time."""

    files: tuple[TouchedFile, ...]
    file_count: int
    is_complete: bool


@attrs.frozen(kw_only=True)
class ReplayCloseParams:
    """Releases the handle; closing twice is fine."""

    replay_id: str


@attrs.frozen(kw_only=True)
class ReplayChanged:
    """Fact: the session behind a handle grew, ended, or was replaced (`restarted`: ask anew from record 0)."""

    replay_id: str
    record_count: int
    total_bytes: int
    is_live: bool
    restarted: bool
    rearranged: bool = False
    """Records stand elsewhere than they did, or are told of in full by now: ask for them anew, the place that is read
    stays."""
    analysed_count: int = 0
    """So many lines are in the statistics by now."""
    missing_bytes: int = 0
    """See `ReplayOpenResult`."""
    problem: Problem | None = None
    """Why records are missing, as of now; None also when that is over."""
