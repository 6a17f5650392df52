"""Which machine this is, as told to other machines through `meta.json`."""

from __future__ import annotations

import socket
import uuid
from pathlib import Path

import attrs

from session_mirror.journal.state_dir import ensure_private

_ID_FILE = "machine-id"


@attrs.frozen
class Machine:
    """`id` is random, made once per state directory and host: a home shared by two hosts holds two."""

    id: str
    name: str


def this_machine(state: Path) -> Machine:
    """This host's identity, made on first use; one that cannot be kept is derived from the host's name."""
    name = socket.gethostname() or "unknown"
    file = state / f"{_ID_FILE}-{uuid.uuid5(uuid.NAMESPACE_DNS, name).hex[:8]}"
    try:
        known = file.read_text(encoding="ascii").strip()
        if known:
            return Machine(known, name)
    except (OSError, UnicodeDecodeError):
        pass
    fresh = uuid.uuid4().hex
    try:
        with (ensure_private(state) / file.name).open("x", encoding="ascii") as handle:
            handle.write(fresh)
    except FileExistsError:
        return Machine(file.read_text(encoding="ascii").strip() or fresh, name)
    except OSError:
        return Machine(uuid.uuid5(uuid.NAMESPACE_DNS, name).hex, name)
    return Machine(fresh, name)
