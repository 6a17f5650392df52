"""Which machine this is, as told to other machines through `meta.json`."""

from __future__ import annotations

import socket
import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import attrs

_ID_FILES: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_OURS: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "session-mirror")
_NOT_BURNT_IN: Final = 1 << 40
"""Set in what `uuid.getnode` makes up when it finds no network card."""


@attrs.frozen
class Machine:
    """`id` needs no memory, so that losing the state directory makes nobody a stranger to his own sessions.

    It tells nothing of the system's own id, and two hosts that share a home or an image differ by their names.
    """

    id: str
    name: str


def this_machine(*, id_files: Sequence[Path] = _ID_FILES, host_name: Callable[[], str] = socket.gethostname) -> Machine:
    """This host's identity, the same at every call."""
    name = host_name() or "unknown"
    return Machine(uuid.uuid5(_OURS, f"{_system_id(id_files)}\n{name}").hex, name)


def _system_id(id_files: Sequence[Path]) -> str:
    if sys.platform == "win32":
        return _windows_id()
    for file in id_files:
        try:
            known = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if known:
            return known
    card = uuid.getnode()
    return "" if card & _NOT_BURNT_IN else f"{card:012x}"


def _windows_id() -> str:
    if sys.platform != "win32":
        return ""
    import winreg  # noqa: PLC0415  only there

    try:
        with winreg.OpenKey(
            winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography", 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        ) as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    except OSError:
        return ""
