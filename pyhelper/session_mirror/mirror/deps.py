"""What every session's mirror shares: the destination, the journal, the clock, this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import attrs

from session_mirror.bucket.meta import iso_time
from session_mirror.bucket.store import Store
from session_mirror.harness.base import FoundSession, Harness
from session_mirror.journal.journal import Journal
from session_mirror.journal.machine import Machine
from session_mirror.mirror.pending import Pending
from session_mirror.redaction.rules import RuleSet, find_rules


@attrs.frozen(kw_only=True)
class Deps:
    """Built once per process and destination."""

    store: Store
    journal: Journal
    state: Path
    """The state directory, for locks."""
    machine: Machine
    harnesses: dict[str, Harness]
    rules: RuleSet
    pending: Pending = attrs.field(factory=Pending)
    now_ms: Callable[[], int] = attrs.field(default=lambda: time.time_ns() // 1_000_000)
    """Wall clock, Unix epoch milliseconds."""

    compacting: threading.Lock = attrs.field(factory=threading.Lock, init=False, eq=False, repr=False)
    """Held by the one compaction that runs by itself."""

    def now_iso(self) -> str:
        """The wall clock as `meta.json` writes it."""
        return iso_time(self.now_ms())

    def title(self, found: FoundSession) -> str:
        """The session's title as it may leave the machine: titles quote prompts, and prompts hold secrets."""
        return self.redacted(found.agent or self.harnesses[found.harness].title(found.path))

    def drivers(self) -> dict[tuple[str, str], str]:
        """The sessions that another agent drives, by harness and id, and its label; as of the last look around."""
        return {driven: each.label for each in self.harnesses.values() for driven in each.drives()}

    def driver(self, driven: tuple[str, str]) -> tuple[str, str] | None:
        """Of another agent the session that drives this one, both by harness and id; as of the last look around."""
        told = ((name, each.drives().get(driven)) for name, each in self.harnesses.items())
        return next(((name, session_id) for name, session_id in told if session_id is not None), None)

    def redacted(self, text: str) -> str:
        """A short text that quotes a transcript, as it may leave the machine."""
        return self.rules.redact(text.encode("utf-8", "replace")).data.decode("utf-8", "replace")

    def rules_named(self, rules_id: str | None) -> RuleSet:
        """The rule set a stream was written with; today's when it isn't known."""
        return find_rules(rules_id) or self.rules
