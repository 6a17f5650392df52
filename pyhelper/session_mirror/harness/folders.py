"""Whether a session ran in one of some folders: by the directory that its own records name."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Final
from unicodedata import normalize

CASE_INSENSITIVE: Final = sys.platform in {"win32", "darwin"}


class Folders:
    """Some folders as given and as they really are: records hold real paths, but a link may have moved since."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Looks at the disk once."""
        self.spellings = frozenset(
            spelling for folder in folders for spelling in (str(folder.absolute()), os.path.realpath(folder))
        )
        self._judged: dict[str, bool] = {}

    def hold(self, directory: str) -> bool:
        """Whether a directory is one of them or below one."""
        if directory not in self._judged:
            self._judged[directory] = self._judge(directory)
        return self._judged[directory]

    def _judge(self, directory: str) -> bool:
        if not PurePath(directory).is_absolute():
            # Else it would mean something below wherever this process happens to run.
            return False
        try:
            spellings = {directory, os.path.realpath(directory)}
        except (OSError, ValueError):
            # A NUL byte in it, for example.
            spellings = {directory}
        return any(is_within(spelling, folder) for spelling in spellings for folder in self.spellings)


def is_within(directory: str, folder: str, *, case_insensitive: bool = CASE_INSENSITIVE) -> bool:
    """Whether a path is `folder` or below it, by name alone; decomposed and composed Unicode are the same."""
    inner, outer = (_comparable(path, case_insensitive=case_insensitive) for path in (directory, folder))
    return PurePath(inner).is_relative_to(PurePath(outer))


def _comparable(path: str, *, case_insensitive: bool) -> str:
    composed = normalize("NFC", path)
    return composed.casefold() if case_insensitive else composed
