"""Keys in the bucket: how sessions, parts and generations are named.

A part's name tells where it ends (`end & 0xFFFFFFFF`); its size tells where it begins.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import attrs

SESSIONS = "sessions/"
META_NAME = "meta.json"
LOW_BITS = 1 << 32
MAX_SEQ = 99_999
_PART = re.compile(r"part-([0-9]{5})-([0-9a-f]{8})\.jsonl")
_GENERATION = re.compile(r"(?P<base>.+)~g(?P<number>[1-9][0-9]{0,5})", re.DOTALL)
_SUB_AGENT = re.compile(r"(?P<parent>.+?)~agent-[^~]+", re.DOTALL)
_MISLEADING = re.compile(r"g[1-9][0-9]{0,5}\Z|agent-|host-")
_SAFE = "~"  # letters, digits and "_.-~" stay as they are; tildes mark our own suffixes


@attrs.frozen
class PartName:
    """What a part's name says: its sequence number, and the low 32 bits of the offset just after it."""

    seq: int
    end_low: int


def format_part(seq: int, end: int) -> str:
    """The object name of the part with this sequence number that ends at this stream offset."""
    if not 0 <= seq <= MAX_SEQ:
        raise ValueError(f"part sequence {seq} is outside 0..{MAX_SEQ}")
    return f"part-{seq:05d}-{end % LOW_BITS:08x}.jsonl"


def parse_part(name: str) -> PartName | None:
    """The inverse of `format_part`; None when the name is not a part's."""
    found = _PART.fullmatch(name)
    return PartName(seq=int(found[1]), end_low=int(found[2], 16)) if found else None


def encode_id(session_id: str) -> str:
    """A session id as one key segment: unsafe characters, and dots that could mean a directory, percent-encoded.

    Raises:
        ValueError: the id is empty.
    """
    if not session_id:
        raise ValueError("a session id cannot be empty")
    encoded = quote(session_id, safe=_SAFE, errors="surrogatepass")
    return encoded.replace(".", "%2E") if encoded.strip(".") == "" else encoded


def decode_id(segment: str) -> str:
    """The inverse of `encode_id`; a segment that it never writes may stay as it is."""
    try:
        return unquote(segment, errors="surrogatepass")
    except UnicodeDecodeError:
        return segment


def session_prefix(harness: str, session_id: str) -> str:
    """The key prefix that all of a session's objects share, with its final slash."""
    return f"{SESSIONS}{encode_id(harness)}/{encode_id(session_id)}/"


def split_session_key(key: str) -> tuple[str, str, str] | None:
    """`(harness, session id, object name)` of a key below `sessions/`; None for keys of another shape."""
    pieces = key.split("/")
    if len(pieces) != 4 or pieces[0] + "/" != SESSIONS or not all(pieces):
        return None
    return decode_id(pieces[1]), decode_id(pieces[2]), pieces[3]


def generation_id(base_id: str, generation: int) -> str:
    """The bucket's session id of a generation: the first bears the plain id."""
    return base_id if generation == 1 else f"{base_id}~g{generation}"


def parent_by_name(session_id: str) -> str | None:
    """The session that an id of the form `<parent>~agent-<agent>` is a sub-agent of; None for other ids.

    Sub-agents may have ids of another form: what `meta.json` or the harness tells counts.
    """
    found = _SUB_AGENT.fullmatch(session_id)
    return found["parent"] if found else None


def own_id(session_id: str, machine: str) -> str:
    """The bucket's session id of what a machine mirrors apart, because another one holds the plain id.

    No name of a host makes it look like a generation, or like a sub-agent of the session.
    """
    return f"{session_id}~{'host-' if _MISLEADING.match(machine) else ''}{machine}"


def is_exact(session_id: str) -> bool:
    """Whether an id names one generation, as `<id>~g1` does, and not whichever is the newest."""
    return _GENERATION.fullmatch(session_id) is not None


def split_generation(session_id: str) -> tuple[str, int]:
    """`(base id, generation)` of a bucket session id; an explicit `~g1` names the first."""
    found = _GENERATION.fullmatch(session_id)
    return (found["base"], int(found["number"])) if found else (session_id, 1)
