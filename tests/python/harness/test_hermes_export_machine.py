"""Whatever happens to Hermes' rows, the change log's last word is what the database holds, and the log only grows."""

import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from session_mirror.harness.hermes_agent import Hermes
from session_mirror.source.changelog import exporter
from support.change_logs import last_words
from support.hermes_database import HermesDatabase, Schema

TEXTS = st.text(max_size=40) | st.sampled_from(["again", "\0json:[1]", "x" * 5000, "a\u2028b"])


class ExportMachine(RuleBasedStateMachine):
    """One session, one database file at a time, and two processes of ours that look at it when they like."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        # What no mark tells of is looked for all the time, and not in a share of it: it is found at the next look.
        self.patch.setattr(exporter, "_SHARE", 1e9)
        self.home = Path(tempfile.mkdtemp())
        self.log = b""
        self.copies = 0

    @initialize(schema=st.sampled_from(["flagged", "hashed"]))
    def begin(self, schema: Schema) -> None:
        self.hermes = HermesDatabase(self.home / "state.db", schema)
        self.session = self.hermes.session(cwd="/w/app")
        self.ours = [self._process(), self._process()]

    def _process(self) -> Hermes:
        return Hermes(environment={"HERMES_HOME": str(self.home)}, state=self.home / "ours")

    @rule(text=TEXTS)
    def insert(self, text: str) -> None:
        self.session.prompt(text)

    @rule(text=TEXTS)
    def answer(self, text: str) -> None:
        self.session.call("terminal", text, command=text)
        self.session.reply(text)

    @precondition(lambda self: self.session.ids())
    @rule(text=TEXTS, data=st.data())
    def update(self, text: str, data: st.DataObject) -> None:
        self.session.set(data.draw(st.sampled_from(self.session.ids())), content=text)

    @precondition(lambda self: self.session.ids())
    @rule(data=st.data(), again=st.booleans())
    def delete(self, data: st.DataObject, again: bool) -> None:
        row = data.draw(st.sampled_from(self.session.ids()))
        said = self.session.rows()[row]
        self.session.delete(row)
        if again:
            self.session.add(str(said["role"]), said["content"])

    @precondition(lambda self: len(self.session.ids("active = 1")) > 3)
    @rule(pruned=st.booleans())
    def compact(self, pruned: bool) -> None:
        self.session.compact("So far so good.", pruned=pruned)

    @precondition(lambda self: self.session.ids())
    @rule()
    def rewind(self) -> None:
        self.session.rewind(self.session.ids()[-2:])

    @rule()
    def copy_back(self) -> None:
        """A backup of the database takes its place; ids given since are given again."""
        self.copies += 1
        backup = self.home / f"backup-{self.copies}"
        self.hermes.db.execute("VACUUM INTO ?", (str(backup),))
        self.session.prompt("lost")
        self.hermes.close()
        for ending in ("-wal", "-shm"):
            (self.home / f"state.db{ending}").unlink(missing_ok=True)
        backup.replace(self.home / "state.db")
        self.hermes.db = HermesDatabase.reopened(self.home / "state.db")

    @rule(which=st.sampled_from([0, 1]))
    def look(self, which: int) -> None:
        """One process looks, and then knows all."""
        self._look(self.ours[which])

    @rule(which=st.sampled_from([0, 1]))
    def restart(self, which: int) -> None:
        self.ours[which] = self._process()

    @rule(garbage=st.sampled_from([b"{", b'{"id":1', b"x" * 100]))
    def tear(self, garbage: bytes) -> None:
        """A process died amid a write."""
        if self._path().exists():
            with self._path().open("ab") as file:
                file.write(garbage)

    @invariant()
    def only_grows(self) -> None:
        now = self._path().read_bytes() if hasattr(self, "session") and self._path().exists() else b""
        whole = now[: now.rfind(b"\n") + 1]
        assert whole.startswith(self.log)
        self.log = whole

    def teardown(self) -> None:
        for harness in self.ours:
            self._look(harness)
        self.hermes.close()
        shutil.rmtree(self.home)
        self.patch.undo()

    def _look(self, harness: Hermes) -> None:
        harness.discover([Path("/w/app")])
        assert harness.problems() == []
        assert last_words(self._path()) == self.session.rows()

    def _path(self) -> Path:
        found = list((self.home / "ours").glob(f"exports/hermes/*/{self.session.id}.jsonl"))
        return found[0] if found else self.home / "none"


ExportMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=16, deadline=None)
TestExports = ExportMachine.TestCase
