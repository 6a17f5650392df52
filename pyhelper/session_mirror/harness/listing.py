"""Listing directories that agents keep: what is missing is nothing to see, what can't be read is remembered."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


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

    def note(self, path: str | os.PathLike[str], error: OSError) -> None:
        """Remembers that a path can't be read."""
        self.unreadable[Path(path)] = error.strerror or "unreadable"
