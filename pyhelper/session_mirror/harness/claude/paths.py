"""Claude Code's directories: configuration roots, and the names it gives to project directories.

A project directory is named after the working directory's real path, with a dash for every UTF-16 unit that is not an
ASCII letter or digit. The name can't be turned back into a path (`/a/b_c` and `/a/b-c` share one), so it only tells
where to look; records tell whose a session is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from unicodedata import normalize

_KEPT_LENGTH: Final = 200
"""Longer names are cut to this many characters and get `-` and a hash, which differs between builds."""

_REPLACED: Final = re.compile("[^A-Za-z0-9]")
_OF_ABSOLUTE_PATH: Final = re.compile(r"-|[A-Za-z]--")
_ROOT: Final = re.compile(r"-|[a-z]--")


def config_dirs(environment: Mapping[str, str], home: Path, extra: Iterable[Path] = ()) -> list[Path]:
    """Configuration roots in order of precedence: the environment's, else the usual two, and then the extra ones.

    Claude Code composes the Unicode of the environment's; that one counts first.
    """
    own = environment.get("CLAUDE_CONFIG_DIR")
    usual = [Path(normalize("NFC", own)), Path(own)] if own else [home / ".claude", home / ".config" / "claude"]
    return list(dict.fromkeys([*usual, *extra]))


def encode_path(path: str) -> str:
    """The name of the project directory of a real path."""
    name = _dashed(path)
    if len(name) <= _KEPT_LENGTH:
        return name
    return f"{name[:_KEPT_LENGTH]}-{_base36(_hash(path))}"


def names_of(folder: str) -> frozenset[str]:
    """What `may_hold` compares project directories with; builds disagree on composing Unicode, so all forms count."""
    return frozenset(_dashed(path).lower() for path in (folder, normalize("NFC", folder), normalize("NFD", folder)))


def may_hold(name: str, names: Iterable[str]) -> bool:
    """Whether a project directory of this name may hold sessions of a folder, or of one below it, with these names.

    Hashes and case are not compared, old versions kept underscores, and a host may have dictated a name that is no
    encoded path at all: all of these may.
    """
    if not _OF_ABSOLUTE_PATH.match(name):
        return True
    found = _dashed(name).lower()
    return any(found == wanted or found.startswith(_beginning_below(wanted)) for wanted in names)


def names_directory(name: str, directory: str) -> bool:
    """Whether a project directory of this name is named after this very directory."""
    found = _dashed(name).lower()
    return any(
        found == wanted or (len(wanted) > _KEPT_LENGTH and found.startswith(wanted[:_KEPT_LENGTH] + "-"))
        for wanted in names_of(directory)
    )


def _beginning_below(dashed: str) -> str:
    """How the names of all directories below begin; a root's path ends with its separator already."""
    return dashed if _ROOT.fullmatch(dashed) else dashed[:_KEPT_LENGTH] + "-"


def _dashed(text: str) -> str:
    return _REPLACED.sub(lambda found: "-" if ord(found[0]) <= 0xFFFF else "--", text)


def _hash(text: str) -> int:
    value = 0
    data = text.encode("utf-16-le", "surrogatepass")
    for low, high in zip(data[::2], data[1::2], strict=True):
        value = (value * 31 + (low | high << 8)) & 0xFFFFFFFF
    return abs(value - 2**32 if value >= 2**31 else value)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"
