"""Attachments through everything at once: changing files, puts that fail or land unanswered, deaths, lost journals."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from session_mirror.bucket.attachments import list_attachments
from session_mirror.errors import MirrorError
from session_mirror.failpoints import FAILPOINTS, Failpoint, armed, trip
from support.engine import HARNESS, SECRET, World
from support.memory_store import MemoryStore, offline
from support.results import PREFIX, Results

NAMES = ("a.txt", "b.txt")
CONTENTS = (b"", b"one", b"two", b"key " + SECRET, b"key " + SECRET + b" and more")
STEPS: list[Failpoint] = [name for name in FAILPOINTS if name.startswith("attach.")]


class WriteOnceStore(MemoryStore):
    """No key that we put ever gets other bytes."""

    def put(self, key: str, body: bytes) -> None:
        there = self.objects.get(key)
        assert "tool-results" not in key or there in (None, body), f"{key} had other bytes"
        super().put(key, body)


class Attachments(RuleBasedStateMachine):
    """What the bucket holds of each file is the contents that were put, each once, and never fewer."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.results = Results(World(self.home, store=WriteOnceStore()))
        self.results.world.append(b"one\n")
        self.results.mirror()
        self.files: dict[str, bytes] = {}
        self.seen: dict[str, bytes] = {}

    def teardown(self) -> None:
        self.results.world.restart()
        shutil.rmtree(self.home)

    @rule(name=st.sampled_from(NAMES), content=st.sampled_from(CONTENTS))
    def write(self, name: str, content: bytes) -> None:
        self.results.write(name, content)
        self.files[name] = content

    @rule(name=st.sampled_from(NAMES))
    def remove(self, name: str) -> None:
        if self.files.pop(name, None) is not None:
            (self.results.folder / name).unlink()
            self.results.find()

    @rule()
    def mirror(self) -> None:
        self.results.world.store.heal()
        self.results.mirror()
        versions = list_attachments(self.results.world.store, HARNESS, "s1")
        for name, content in self.files.items():
            newest = versions[name][max(versions[name])].key
            assert self.results.world.store.objects[newest] == content.replace(SECRET, b"[REDACTED:aws_access_key]")
        before = self.results.world.store.requests
        self.results.mirror()
        assert self.results.world.store.requests == before

    @rule(applied=st.booleans())
    def fail(self, applied: bool) -> None:
        self.results.world.store.fail("put", offline(), matching=PREFIX, applied=applied)
        with suppress(MirrorError):
            self.results.mirror()

    @rule(step=st.sampled_from(STEPS), journal_lost=st.booleans())
    def die(self, step: Failpoint, journal_lost: bool) -> None:
        with armed(step, trip), suppress(MirrorError):
            self.results.mirror()
        self.results.world.restart()
        if journal_lost:
            self.results.world.forget_journal()
        self.results.find()

    @invariant()
    def nothing_is_lost_or_put_twice_in_a_row(self) -> None:
        objects = self.results.world.store.objects
        now = {key: body for key, body in objects.items() if key.startswith(PREFIX)}
        assert self.seen.items() <= now.items()
        self.seen = now
        for versions in list_attachments(self.results.world.store, HARNESS, "s1").values():
            for one, other in pairwise(sorted(versions)):
                # A missing number was meant for another content, which may land late and must not be the newest then.
                assert other > one + 1 or now[versions[one].key] != now[versions[other].key]


TestAttachments = Attachments.TestCase
TestAttachments.settings = settings(max_examples=40, stateful_step_count=20)
