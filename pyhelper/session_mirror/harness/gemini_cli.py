"""Gemini CLI: one JSONL file for each session in `.gemini/tmp/<project>/chats`, sub-agents below their parent's id.

The file is a log: a message is written again under its id when tool calls are added to it, `$set` changes what is known
of the session, `$rewindTo` takes messages back. It names no directory: the project's folder does, in `.project_root`,
or by its own name, which was the SHA-256 of the path in older versions.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from stat import S_ISREG
from threading import Lock
from typing import Final

import attrs

from session_mirror.protocol.mirror import Problem
from session_mirror.protocol.statistics import Tokens
from session_mirror.source.opening import read_head

from .actions import tool_call
from .base import Account, FoundSession, ReadRecord
from .drafts import Drafts
from .folders import Folders
from .images import ImageSource, image_in
from .json_values import as_list, as_object, as_text, displayable, one_line, parse_line, parse_object, pretty_json
from .listing import Listing
from .opaque import opaque_event
from .plain import PlainFiles
from .problems import not_understood, unreadable
from .retold import Line, RetoldAccount
from .tally import counted
from .times import time_ms
from .titles import TITLE_LENGTH, Titles, title_of_lines

_HEADER_BYTES: Final = 1024 * 1024
_CONTROLS: Final = frozenset({"$set", "$patch", "$rewindTo"})
_ANSWER_TO_SUMMARY: Final = "Got it. Thanks for the additional context!"
"""What Gemini CLI itself says in the model's name."""
_CONTEXT: Final = "<session_context>"
_TELLING: Final = ("command", "file_path", "pattern", "query", "dir_path", "path", "url", "prompt", "title", "name")
"""Arguments that say what a call acts on, the most telling first."""
_FAILED: Final = re.compile(r"^Exit Code: (?!0$)-?\d+$", re.MULTILINE)
_Fields = dict[str, object]


class GeminiCli(PlainFiles):
    """The harness; see `harness.base.Harness` for what each method promises."""

    name = "gemini-cli"
    label = "Gemini CLI"

    def __init__(
        self,
        extra_homes: Sequence[Path] = (),
        *,
        environment: Mapping[str, str] | None = None,
        home: Path | None = None,
    ) -> None:
        """`extra_homes` are searched beside GEMINI_CLI_HOME, or the usual home directory without it."""
        chosen = (os.environ if environment is None else environment).get("GEMINI_CLI_HOME")
        homes = [Path(chosen) if chosen else home or Path.home(), *extra_homes]
        self._places = [place / ".gemini" for place in dict.fromkeys(homes)]
        self._titles = Titles(_TitleScan)
        self._ids: dict[str, tuple[int, str]] = {}
        """By a file's path: its inode, and the session that its first line names."""
        self._listing = Listing()
        self._strange: dict[Path, tuple[int, Path]] = {}
        """By project: when the newest session that isn't understood was written, and where it is."""
        self._lock = Lock()

    def roots(self) -> Sequence[Path]:
        """Where sessions may appear."""
        return [place / "tmp" for place in self._places]

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        """Sessions of projects in one of the folders or below, each once: by the file that holds the most of it."""
        with self._lock:
            self._listing = Listing()
            self._strange = {}
            wanted = Folders(folders)
            largest: dict[str, FoundSession] = {}
            for project, root in self._projects(wanted):
                for found in self._sessions(project, root):
                    known = largest.get(found.session_id)
                    # Resuming a session leaves an almost empty file of the same id; migrating one, a copy.
                    if known is None or known.size < found.size:
                        largest[found.session_id] = found
            return sorted(largest.values(), key=lambda session: session.path)

    def problems(self) -> Sequence[Problem]:
        """What the last `discover` could not read, or found and did not understand."""
        with self._lock:
            strange = [not_understood(self.label, path) for _, path in self._strange.values()]
            return [*unreadable(self.label, self._listing), *strange]

    def title(self, path: Path) -> str:
        """The summary that Gemini CLI made, else what the session began with."""
        return self._titles.of(path)

    def title_of_lines(self, lines: Sequence[bytes]) -> str:
        """The same of the lines that are at hand."""
        return title_of_lines(_TitleScan(), lines)

    def read_record(self, line: bytes) -> ReadRecord:
        """One line as events."""
        return _understood(line)[1]

    def account(self) -> Account:
        """Of a log in which messages are told again."""
        return RetoldAccount(_line)

    def _projects(self, wanted: Folders) -> Iterator[tuple[Path, str]]:
        """Directories of sessions, and the folders they were held in."""
        for place in self._places:
            registered = as_object(parse_object(self._listing.contents(place / "projects.json")).get("projects"))
            roots = {*registered, *wanted.spellings}
            hashed = {hashlib.sha256(root.encode("utf-8", "replace")).hexdigest(): root for root in roots}
            for entry in self._listing.entries(place / "tmp"):
                if self._listing.is_dir(entry):
                    told = os.fsdecode(self._listing.contents(Path(entry.path, ".project_root"))).strip()
                    root = told or hashed.get(entry.name, "")
                    if wanted.hold(root):
                        yield Path(entry.path), root

    def _sessions(self, project: Path, root: str) -> Iterator[FoundSession]:
        newest = 0
        for entry in self._listing.entries(project / "chats"):
            if entry.name.startswith("session-") and entry.name.endswith((".jsonl", ".json")):
                if found := self._found(entry, project, root, None):
                    newest = max(newest, found.modified_ms)
                    yield found
            elif self._listing.is_dir(entry):
                for below in self._listing.entries(entry):
                    is_session = below.name.endswith(".jsonl") and not below.name.startswith("session-")
                    if is_session and (found := self._found(below, project, root, entry.name)):
                        yield attrs.evolve(found, agent=self._titles.of(found.path))
        if project in self._strange and self._strange[project][0] <= newest:
            del self._strange[project]  # an odd old file is no news

    def _found(self, entry: os.DirEntry[str], project: Path, root: str, parent: str | None) -> FoundSession | None:
        path = Path(entry.path)
        try:
            status = entry.stat()
            session_id = self._session_id(entry.path, status) if S_ISREG(status.st_mode) else ""
        except FileNotFoundError:
            return None  # deleted meanwhile
        except OSError as error:
            self._listing.note(path, error)
            return None
        modified_ms = status.st_mtime_ns // 1_000_000
        if session_id is None or entry.name.endswith(".json"):
            self._strange[project] = max(self._strange.get(project, (0, path)), (modified_ms, path))
        elif session_id:
            spilled = self._listing.attachments(project / "tool-outputs" / f"session-{session_id}")
            found = FoundSession(self.name, session_id, path, root, status.st_size, modified_ms, parent)
            return attrs.evolve(found, attachments=spilled)
        return None

    def _session_id(self, path: str, status: os.stat_result) -> str | None:
        """Empty while there is no whole line; None where the first one names no session."""
        inode, session_id = self._ids.get(path, (None, ""))
        if inode != status.st_ino:
            line, whole, _ = read_head(Path(path), _HEADER_BYTES).partition(b"\n")
            session_id = as_text(parse_object(line).get("sessionId"))
            if not session_id:
                return None if whole or len(line) == _HEADER_BYTES else ""
            self._ids[path] = (status.st_ino, session_id)
        return session_id


@attrs.define
class _TitleScan:
    _summary: str = ""
    _prompt: str = ""

    def feed(self, data: bytes) -> None:
        """Takes the next whole lines."""
        if self._prompt and b'"summary"' not in data:
            return
        for line in data.split(b"\n"):
            if b'"summary"' in line or not self._prompt:
                record, read = _understood(line)
                told = as_text(as_object(record.get("$set")).get("summary")) or as_text(record.get("summary"))
                self._summary = told or self._summary
                prompts = (event.text.value for event in read.events if event.kind == "prompt")
                self._prompt = self._prompt or next(filter(str.strip, prompts), "")

    def title(self) -> str:
        """The best so far."""
        return one_line(self._summary.strip() or self._prompt, TITLE_LENGTH)


def _line(line: bytes) -> Line:
    """What a line is to the others: messages and summaries are told again, and taken back."""
    record, read = _understood(line)
    identity = as_text(record.get("id")) or _summary(record)
    tokens = _tokens(as_object(record.get("tokens"))) if identity else None
    return Line(read, identity, takes_back=as_text(record.get("$rewindTo")), tokens=tokens)


def _understood(line: bytes) -> tuple[_Fields, ReadRecord]:
    """A line's record, empty where it is none, and its events."""
    line = line.rstrip(b"\r\n")
    if not line.strip():
        return {}, ReadRecord(None, None, is_sidechain=False, events=())
    record: _Fields = {}
    drafts = Drafts()
    try:
        record = as_object(parse_line(line))
        label = "" if _read(record, drafts) else as_text(record.get("type")) or "unknown"
        events = drafts.events()
    except (ValueError, RecursionError):
        label, events = "unparsable", ()
    if label:
        events = (opaque_event(line, is_object=bool(record), label=label),)
    model = displayable(as_text(record.get("model")))
    written = time_ms(record.get("timestamp") or as_object(record.get("$set")).get("lastUpdated"))
    images = {} if label else drafts.images()
    return record, ReadRecord(written, model or None, is_sidechain=False, events=events, images=images)


def _read(record: _Fields, drafts: Drafts) -> bool:
    """False where it isn't understood."""
    if isinstance(record.get("id"), str):
        return _read_message(record, drafts)
    if summary := _summary(record):
        drafts.add("compaction", summary)
    return bool(_CONTROLS & record.keys()) or isinstance(record.get("sessionId"), str)


def _summary(record: _Fields) -> str:
    """What the conversation was compacted to, if this is where it was: the whole history is told again, with it."""
    messages = as_list(as_object(record.get("$set")).get("messages"))
    texts = [_content(as_object(message).get("content"))[0] for message in messages]
    return next((text for text, answer in pairwise(texts) if answer == _ANSWER_TO_SUMMARY), "")


def _read_message(message: _Fields, drafts: Drafts) -> bool:
    kind, (text, images) = message.get("type"), _content(message.get("content"))
    shown, _ = _content(message.get("displayContent"))
    if kind == "user":
        if text.lstrip().startswith(_CONTEXT):
            drafts.add("system", text, label="session_context")
        elif text.strip() or images:
            drafts.add("prompt", shown or text, images=images)
    elif kind == "gemini":
        for thought in map(as_object, as_list(message.get("thoughts"))):
            pieces = [f"**{as_text(thought.get('subject'))}**", as_text(thought.get("description"))]
            drafts.add("thinking", "\n\n".join(piece for piece in pieces if piece.strip("*")), "markdown")
        if text.strip():
            drafts.add("reply", text, "markdown")
        for call in map(as_object, as_list(message.get("toolCalls"))):
            _read_call(call, drafts)
    elif kind in ("info", "warning", "error"):
        is_error = kind == "error"
        drafts.add("error" if is_error else "system", shown or text, label=as_text(kind), is_error=is_error)
    else:
        return False
    return True


def _read_call(call: _Fields, drafts: Drafts) -> None:
    arguments = as_object(call.get("args"))
    name, task = as_text(call.get("name")), as_text(arguments.get("prompt"))
    target = next(filter(str.strip, (as_text(arguments.get(key)) for key in _TELLING)), "")
    tool = tool_call(as_text(call.get("id")), name, target, arguments)
    if name == "invoke_agent" and task:
        drafts.add("subAgent", task, "markdown", tool=tool, label=as_text(arguments.get("agent_name")))
    else:
        drafts.add("toolCall", pretty_json(call.get("args", {})), "json", tool=tool)
    status = as_text(call.get("status"))
    if status in {"success", "error", "cancelled"}:
        images = _images(as_list(call.get("result")))
        text = _result(call)
        failed = status != "success" or (tool.action == "shell" and bool(_FAILED.search(text)))
        drafts.add("toolResult", text, tool=tool_call(tool.call_id, ""), is_error=failed, images=images)


def _result(call: _Fields) -> str:
    parts = [as_object(as_object(part).get("functionResponse")) for part in as_list(call.get("result"))]
    responses = [as_object(part.get("response")) for part in parts]
    texts = [as_text(response.get("output")) or as_text(response.get("error")) for response in responses]
    return "\n".join(filter(None, texts)) or as_text(call.get("resultDisplay"))


def _content(content: object) -> tuple[str, tuple[ImageSource, ...]]:
    """Text and images. What tools answered is in their calls already, and thoughts are told apart."""
    if isinstance(content, str):
        return content, ()
    parts = [{"text": part} if isinstance(part, str) else as_object(part) for part in as_list(content)]
    texts = [as_text(part.get("text")) for part in parts if not part.get("thought")]
    is_answer = any("functionResponse" in part for part in parts)
    return "\n".join(filter(None, texts)), () if is_answer else _images(parts)


def _images(parts: Sequence[object]) -> tuple[ImageSource, ...]:
    """Images and other files; in what tools answered newer versions keep them within the answer."""
    answers = [as_object(as_object(part).get("functionResponse")) for part in parts]
    inner = [part for answer in answers for part in as_list(answer.get("parts"))]
    return tuple(image_in(part) for part in [*parts, *inner] if {"inlineData", "fileData"} & as_object(part).keys())


def _tokens(told: _Fields) -> Tokens | None:
    """Gemini's input includes what came from its cache, its output is without thoughts."""
    fields = {key: count for key, count in told.items() if isinstance(count, int)}
    if not fields:
        return None
    cached, thoughts = fields.get("cached", 0), fields.get("thoughts", 0)
    return counted(
        fresh=fields.get("input", 0) - cached + fields.get("tool", 0),
        cache_read=cached,
        output=fields.get("output", 0) + thoughts,
        reasoning=thoughts,
    )
