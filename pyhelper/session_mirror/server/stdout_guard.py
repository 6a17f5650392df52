"""Keeps standard output for the protocol alone."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO


def claim_stdout() -> BinaryIO:
    """The protocol's own way to the editor; whatever else is written to standard output goes to standard error.

    Works on file descriptors, so it holds for libraries in C and for child processes, too.
    """
    sys.stdout.flush()
    own = os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  there on Windows only

        msvcrt.setmode(own, os.O_BINARY)
    return os.fdopen(own, "wb")
