"""What was chosen when the hooks were installed, and what was changed for it; kept in the state directory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import attrs
import cattrs

from session_mirror.hooks.json_text import Insertion
from session_mirror.hooks.script import FOLDER
from session_mirror.hooks.settings_file import read_settings
from session_mirror.journal.state_dir import ensure_private
from session_mirror.protocol.mirror import Destination

_NAME: Final = "configuration.json"


@attrs.frozen(kw_only=True)
class Installed:
    """What we did to one settings file."""

    harness: str
    home: str
    created: bool
    """There was no such file before."""
    sha256: str = ""
    """Of the file as we left it; with these insertions taken back, it is as it was before. Empty: not known."""
    insertions: tuple[Insertion, ...] = ()


@attrs.frozen(kw_only=True)
class HookConfiguration:
    """Never holds credentials: those are the AWS configuration's."""

    destination: Destination
    redact: bool
    program: tuple[str, ...]
    version: str
    """Of the program."""
    installed: dict[str, Installed]
    """By the settings file's real path."""


def configuration_path(state: Path) -> Path:
    """Where it is kept."""
    return state / FOLDER / _NAME


def read_configuration(state: Path) -> HookConfiguration | None:
    """None where no hooks were installed, or what is there cannot be understood."""
    try:
        return cattrs.structure(json.loads(configuration_path(state).read_bytes()), HookConfiguration)
    except (OSError, ValueError, RecursionError, cattrs.BaseValidationError):
        return None


def write_configuration(state: Path, configuration: HookConfiguration) -> None:
    """For its owner's eyes only.

    Raises:
        MirrorError: the disk refuses.
    """
    destination = attrs.evolve(configuration.destination, credentials=None)
    data = json.dumps(cattrs.unstructure(attrs.evolve(configuration, destination=destination)), indent=2).encode()
    write_private(configuration_path(state), data + b"\n")


def write_private(path: Path, data: bytes) -> None:
    """Replaces a file of ours at once.

    Raises:
        MirrorError: the disk refuses.
    """
    ensure_private(path.parent)
    while not read_settings(path).write(data):
        pass  # somebody else wrote just now
