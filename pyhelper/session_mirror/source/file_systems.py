"""Which file systems keep silent about changes, so that only looking tells."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path, PurePosixPath
from typing import Final

_SILENT: Final = frozenset(
    {
        "9p",
        "afs",
        "autofs",
        "ceph",
        "cifs",
        "davfs",
        "drvfs",
        "fakeowner",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "prl_fs",
        "smb3",
        "smbfs",
        "vboxsf",
        "virtiofs",
        "vmhgfs",
    }
)
_MOUNTS: Final = Path("/proc/self/mountinfo")
_OCTAL: Final = re.compile(r"\\([0-7]{3})")


def must_poll(path: Path) -> bool:
    """Whether changes below a path may come from elsewhere unannounced: shares, and the host's files in a guest."""
    if sys.platform == "win32":
        return str(path).startswith("\\\\")
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        # No such list outside Linux.
        return False
    return is_silent(file_system_of(os.path.realpath(path), mounts))


def is_silent(file_system: str) -> bool:
    """Whether a file system, by the kernel's name for it, reports only changes made through this very mount."""
    return file_system in _SILENT or file_system.startswith("fuse")


def file_system_of(path: str, mounts: str) -> str:
    """The kernel's name of the file system that holds an absolute real path, by the text of `mountinfo`.

    Empty where no mount holds it.
    """
    best, found = -1, ""
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        point = PurePosixPath(_OCTAL.sub(lambda code: chr(int(code[1], 8)), fields[4]))
        # A later mount on the same point hides the earlier one.
        if len(point.parts) >= best and PurePosixPath(path).is_relative_to(point):
            best, found = len(point.parts), after.split(" ")[0]
    return found
