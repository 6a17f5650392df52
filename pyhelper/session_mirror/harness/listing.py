"""Listing directories that agents keep: what is missing is nothing to see, what can't be read is remembered."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from stat import S_ISREG
from typing import Final

from session_mirror.harness.base import Attachment
from session_mirror.source.opening import read_head

_SMALL_BYTES: Final = 1024 * 1024


class Listing:
    """One search's look at the disk. `unreadable` tells why, by path."""

    def __init__(self) -> None:
        self.unreadable: dict[Path, str] = {}

    def entries(self, directory: Path | os.DirEntry[str]) -> Sequence[os.DirEntry[str]]:
        """What is in a directory; nothing where there is none."""
        try:
            with os.scandir(directory) as found:
                return list(found)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            self.note(directory, error)
            return []

    def is_dir(self, entry: os.DirEntry[str]) -> bool:
        """Whether it is a directory, links followed."""
        try:
            return entry.is_dir()
        except OSError as error:
            self.note(entry, error)
            return False

    def contents(self, file: Path) -> bytes:
        """A small file; nothing where there is none."""
        try:
            return read_head(file, _SMALL_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            return b""
        except OSError as error:
            self.note(file, error)
            return b""

    def attachments(self, directory: Path) -> tuple[Attachment, ...]:
        """The plain files in a directory, by name."""
        return tuple(sorted(self._attachments(directory), key=lambda found: found.name))

    def note(self, path: str | os.PathLike[str], error: OSError) -> None:
        """Remembers that a path can't be read."""
        self.unreadable[Path(path)] = error.strerror or "unreadable"

    def _attachments(self, directory: Path) -> Iterator[Attachment]:
        for entry in self.entries(directory):
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # deleted meanwhile
            except OSError as error:
                self.note(entry, error)
                continue
            if S_ISREG(status.st_mode):
                yield Attachment(entry.name, Path(entry.path), status.st_size, status.st_mtime_ns)
