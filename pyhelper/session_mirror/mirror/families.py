"""Who began whom: a session, the sessions that its agent began, and theirs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from session_mirror.harness.base import FoundSession


def lineage(session_id: str, parent_of: Callable[[str], str | None]) -> Iterator[str]:
    """The session itself, then who began it, and so on; each once, whatever transcripts say of each other."""
    seen: set[str] = set()
    current: str | None = session_id
    while current is not None and current not in seen:
        seen.add(current)
        yield current
        current = parent_of(current)


def with_descendants(found: Iterable[FoundSession], wanted: Collection[tuple[str, str]]) -> Iterator[FoundSession]:
    """Those of one harness's sessions that are wanted, by harness and id, and all that their agents began."""
    sessions = tuple(found)
    parents = {each.session_id: each.parent_id for each in sessions}
    for each in sessions:
        if any((each.harness, session_id) in wanted for session_id in lineage(each.session_id, parents.get)):
            yield each
