"""The transcripts of the era of files, and those that wait in it for the database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import attrs

from session_mirror.harness.json_values import as_text, parse_object
from session_mirror.harness.listing import Listing
from session_mirror.source.jsonl import read_lines

from .driven import SIDECAR
from .names import Transcript, parse_imported, parse_transcript
from .places import Agent

_ENDS_BYTES: Final = 256 << 10

Parse = Callable[[str, str], "Transcript | None"]


@attrs.frozen
class File:
    """A session's present file, and what tells it from others of the same session."""

    transcript: Transcript
    folder: str
    inode: int
    has_sidecar: bool = False
    """Whether OpenClaw's plugin for Codex noted something beside it."""

    @property
    def identity(self) -> tuple[str, int]:
        """The same while the file is put away, another one when the session begins anew."""
        return f"{self.folder}/{self.transcript.session_id}", self.inode


def files_of(agent: Agent, listing: Listing) -> Mapping[str, File]:
    """By session id: the file that is the session as it is now. What was moved into the database ranks last."""
    newest: dict[str, File] = {}
    for file in _found(agent.imported, parse_imported, listing):
        _keep_better(newest, file)
    present: dict[str, File] = {}
    for file in _found(agent.sessions, parse_transcript, listing):
        _keep_better(present, file)
    return newest | present


def ids_at_ends(path: Path) -> frozenset[str]:
    """The ids of a transcript's first and last entries.

    Raises:
        OSError: it can't be read.
        MirrorError: it is compressed, and nothing here can decompress it.
    """
    head = read_lines(path, 0, _ENDS_BYTES)
    tail = read_lines(path, max(head.end, head.file_size - _ENDS_BYTES), _ENDS_BYTES)
    entries = (parse_object(line) for line in (head.data + tail.data).split(b"\n") if line)
    return frozenset(identity for entry in entries if (identity := as_text(entry.get("id"))))


def _found(folders: tuple[Path, ...], parse: Parse, listing: Listing) -> Iterator[File]:
    visited: set[str] = set()
    for folder in folders:
        place = os.path.realpath(folder)
        if place in visited:
            continue
        visited.add(place)
        entries = listing.entries(folder)
        names = {entry.name for entry in entries}
        for entry in entries:
            transcript = parse(entry.path, entry.name)
            if transcript is not None:
                yield File(transcript, place, entry.inode(), entry.name + SIDECAR in names)


def _keep_better(kept: dict[str, File], file: File) -> None:
    known = kept.get(file.transcript.session_id)
    if known is None or known.transcript.rank < file.transcript.rank:
        kept[file.transcript.session_id] = file
