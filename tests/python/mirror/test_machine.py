"""A transcript that lives through everything, a process that dies at any request, requests that land late: the mirror
stays an exact prefix, never gets shorter, and in the end holds all there is."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from unittest import mock

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from session_mirror.bucket.lookup import Stored
from session_mirror.compaction.compact import compact
from session_mirror.errors import MirrorError
from session_mirror.mirror import indexing
from session_mirror.mirror.indexing import index_lines
from session_mirror.source import identity, jsonl
from support.broken_disk import BrokenDisk
from support.engine import HARNESS, SECRET, World
from support.line_indexes import check_indexes
from support.memory_store import MemoryStore, Verb, offline

LINE = st.sampled_from([b"a\n", b"bb\n", b"ccc " + SECRET + b"\n", b"\n", b"a longer line of text\n"])
VERBS: st.SearchStrategy[Verb] = st.sampled_from(["put", "list", "get"])
LINES = st.lists(LINE, min_size=1, max_size=4).map(b"".join)


def redacted(data: bytes) -> bytes:
    return data.replace(SECRET, b"[REDACTED:aws_access_key]")


def whole_lines(data: bytes) -> bytes:
    return data[: data.rfind(b"\n") + 1]


class LateStore(MemoryStore):
    """Remembers PUTs that were sent and not seen to land: they may land any time later, any number of times."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[tuple[str, bytes]] = []
        self.contents: dict[str, bytes] = {}

    def put(self, key: str, body: bytes) -> None:
        if "/part-" in key:
            assert self.contents.setdefault(key, bytes(body)) == body, f"two contents for {key}"
            self.late.append((key, bytes(body)))
        super().put(key, body)


class MirrorMachine(RuleBasedStateMachine):
    """One transcript, one machine; `content` is the transcript as it is, `truths` as it ever was."""

    @initialize()
    def begin(self) -> None:
        self.home = Path(tempfile.mkdtemp())
        self.store = LateStore()
        self.world = World(self.home, store=self.store)
        self.content = b""
        self.truths: list[bytes] = [b""]
        self.seen: dict[str, bytes] = {}
        self.exists = False
        self.disk = BrokenDisk()
        self.patches = ExitStack()
        self.patches.enter_context(self.disk.breaking())
        # Transcripts are short here: head and tail must not tell all.
        self.patches.enter_context(mock.patch.object(identity, "BLOCK_BYTES", 2))
        self.patches.enter_context(mock.patch.object(jsonl, "BLOCK_BYTES", 2))
        # And they are long enough for an index.
        self.patches.enter_context(mock.patch.object(indexing, "NEWS_BYTES", 1))
        self.patches.enter_context(mock.patch.object(indexing, "READ_BYTES", 4))

    def teardown(self) -> None:
        if hasattr(self, "home"):
            self.store.heal()
            self.world.restart()
            self.patches.close()
            shutil.rmtree(self.home)

    def write(self, content: bytes, *, new_inode: bool) -> None:
        if new_inode:
            aside = self.home / "aside"
            aside.write_bytes(content)
            aside.replace(self.world.path)
        else:
            self.world.path.write_bytes(content)
        self.content, self.exists = content, True
        self.truths.append(redacted(whole_lines(content)))

    @rule(lines=LINES, torn=st.sampled_from([b"", b"half", b"ha"]))
    def append(self, lines: bytes, torn: bytes) -> None:
        with self.world.path.open("ab") as file:
            file.write(lines + torn)
        self.content, self.exists = self.content + lines + torn, True
        self.truths.append(redacted(whole_lines(self.content)))

    @precondition(lambda self: self.exists)
    @rule(share=st.floats(0, 1), new_inode=st.booleans())
    def truncate(self, share: float, new_inode: bool) -> None:
        self.write(self.content[: int(len(self.content) * share)], new_inode=new_inode)

    @precondition(lambda self: self.exists)
    @rule(lines=LINES, new_inode=st.booleans())
    def rewrite(self, lines: bytes, new_inode: bool) -> None:
        self.write(lines, new_inode=new_inode)

    @precondition(lambda self: self.exists)
    @rule()
    def replace_by_a_copy(self) -> None:
        self.write(self.content, new_inode=True)

    @precondition(lambda self: self.exists)
    @rule()
    def empty_and_write_the_same_again(self) -> None:
        content = self.content
        self.write(b"", new_inode=False)
        self.flush()
        self.write(content, new_inode=False)

    @precondition(lambda self: len(self.content) > 8)
    @rule(share=st.floats(0, 1), appended=LINES | st.just(b""))
    def rewrite_the_middle(self, share: float, appended: bytes) -> None:
        at = int((len(self.content) - 1) * share)
        if self.content[at : at + 1] not in (b"\n", b""):
            content = self.content[:at] + b"x" + self.content[at + 1 :] + appended
            self.write(content, new_inode=False)

    @precondition(lambda self: self.exists)
    @rule()
    def rename(self) -> None:
        moved = self.world.path.with_name(f"moved-{len(self.truths)}")
        self.world.path.rename(moved)
        self.world.found_at(moved)

    @precondition(lambda self: self.exists)
    @rule()
    def delete(self) -> None:
        self.world.path.unlink()
        self.content, self.exists = b"", False
        self.truths.append(b"")

    @rule(broken=st.booleans())
    def the_journals_disk_breaks_or_heals(self, broken: bool) -> None:
        self.disk.broken = broken

    @rule()
    def flush(self) -> None:
        try:
            self.world.mirror.flush()
        except MirrorError as error:
            assert error.kind in ("network", "source")

    @rule(verb=VERBS, applied=st.booleans(), dies=st.booleans())
    def flush_through_a_fault(self, verb: Verb, applied: bool, dies: bool) -> None:
        self.store.fail(verb, offline(), applied=applied)
        self.flush()
        self.store.heal()
        if dies:
            self.world.restart()

    @rule()
    def restart(self) -> None:
        self.world.restart()

    @rule()
    def lose_journal(self) -> None:
        self.world.restart()
        shutil.rmtree(self.world.state, ignore_errors=True)

    @rule()
    def keep_a_backup(self) -> None:
        self.world.restart()
        shutil.rmtree(self.home / "backup", ignore_errors=True)
        if self.world.state.exists():
            shutil.copytree(self.world.state, self.home / "backup")

    @precondition(lambda self: (self.home / "backup").exists())
    @rule()
    def restore_the_backup(self) -> None:
        self.lose_journal()
        shutil.copytree(self.home / "backup", self.world.state)

    @precondition(lambda self: self.store.late)
    @rule(data=st.data())
    def a_late_put_lands(self, data: st.DataObject) -> None:
        key, body = data.draw(st.sampled_from(self.store.late))
        self.store.plant(key, body)

    @rule(keep_tail=st.integers(0, 2))
    def compact(self, keep_tail: int) -> None:
        for session_id in self.session_ids():
            compact(self.store, HARNESS, session_id, keep_tail=keep_tail)

    @rule(lost=st.booleans())
    def index(self, lost: bool) -> None:
        """`lost`: the answer to the PUT never comes."""
        if lost:
            self.store.fail("put", offline(), matching="lines-", applied=True)
        for session_id in self.session_ids():
            with suppress(MirrorError):
                index_lines(self.world.mirror_deps, Stored(HARNESS, session_id))
        self.store.heal()

    def session_ids(self) -> set[str]:
        return {key.split("/")[2] for key in self.store.objects if "/part-" in key}

    @invariant()
    def every_stream_is_an_exact_prefix_and_never_shorter(self) -> None:
        if not hasattr(self, "world"):
            return
        for session_id in self.session_ids():
            stream = self.world.stream(session_id)
            assert any(truth.startswith(stream) for truth in self.truths), (session_id, stream)
            assert stream.startswith(self.seen.get(session_id, b"")), session_id
            check_indexes(self.store.objects, HARNESS, session_id, stream)
            self.seen[session_id] = stream

    @precondition(lambda self: self.exists)
    @rule()
    def in_the_end_all_there_is_stands_in_the_newest_stream(self) -> None:
        self.store.heal()
        self.disk.broken = False
        outcomes = self.world.flush_all()
        if outcomes[-1].status == "waiting":
            return  # shorter than what was mirrored, and a prefix of it
        wanted = redacted(whole_lines(self.content))
        position = self.world.mirror.position()
        if wanted:
            assert position is not None
            newest = "s1" if position.key.generation == 1 else f"s1~g{position.key.generation}"
            assert self.world.stream(newest) == wanted


TestMirrorMachine = MirrorMachine.TestCase
TestMirrorMachine.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
