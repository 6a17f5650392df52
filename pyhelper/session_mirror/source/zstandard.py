"""Decompressing Zstandard with whatever this Python has: its own library, the backport, or the `zstd` program."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from io import FileIO
from pathlib import Path
from typing import IO, Final, Protocol, cast

from session_mirror.errors import MirrorError

_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_HEADER_BYTES: Final = 18
_BLOCK_BYTES: Final = 1 << 20
_LIBRARIES: Final = ("compression.zstd", "backports.zstd")
_PASSED_ON: Final = ("PATH", "SYSTEMROOT")
_NO_WINDOW: Final = 0x08000000 if sys.platform == "win32" else 0


class Decoder(Protocol):
    """Both read from where `source` stands, which is where its compressed data begins."""

    def head(self, source: FileIO, length: int) -> bytes:
        """The first `length` bytes that it holds, fewer where it ends before.

        Raises:
            OSError: it is damaged.
        """
        ...

    def copy(self, source: FileIO, target: IO[bytes]) -> None:
        """Writes all that it holds, in bounded memory.

        Raises:
            OSError: it is damaged, or there is no room.
        """
        ...


def find_decoder() -> Decoder:
    """The best there is.

    Raises:
        MirrorError: of kind `source`: there is none.
    """
    for name in _LIBRARIES:
        try:
            return _Library(cast("_Module", importlib.import_module(name)))
        except ImportError:
            continue
    program = shutil.which("zstd")
    # Windows looks into the current directory first, and that one may be anybody's.
    if program is not None and Path(program).is_absolute():
        return _Program(program)
    raise MirrorError(
        "Compressed transcripts (.zst) can't be read: this Python has no Zstandard.",
        kind="source",
        hint="Install the zstd program, or have Session Mirror run on Python 3.14; it is tried again by itself.",
    )


def content_size(header: bytes) -> int | None:
    """How many bytes a file holds, by its first 18; None where it doesn't tell."""
    if len(header) < 5 or header[:4] != _MAGIC:
        return None
    descriptor = header[4]
    single_segment = bool(descriptor & 0x20)
    size_bytes = (1 if single_segment else 0, 2, 4, 8)[descriptor >> 6]
    start = 5 + (not single_segment) + (0, 1, 2, 4)[descriptor & 3]
    field = header[start : start + size_bytes]
    if not size_bytes or len(field) < size_bytes:
        return None
    return int.from_bytes(field, "little") + (256 if size_bytes == 2 else 0)


def read_header(source: FileIO) -> bytes:
    """What `content_size` needs, from where the file stands."""
    return source.read(_HEADER_BYTES) or b""


class _Module(Protocol):
    ZstdError: type[Exception]

    def open(self, file: FileIO, mode: str) -> IO[bytes]: ...


class _Library:
    def __init__(self, module: _Module) -> None:
        self._module = module

    def head(self, source: FileIO, length: int) -> bytes:
        try:
            with self._module.open(source, "rb") as plain:
                pieces = b""
                while len(pieces) < length and (piece := plain.read(length - len(pieces))):
                    pieces += piece
                return pieces
        except (EOFError, self._module.ZstdError) as error:
            raise _damaged() from error

    def copy(self, source: FileIO, target: IO[bytes]) -> None:
        try:
            with self._module.open(source, "rb") as plain:
                shutil.copyfileobj(plain, target, _BLOCK_BYTES)
        except (EOFError, self._module.ZstdError) as error:
            raise _damaged() from error


class _Program:
    def __init__(self, program: str) -> None:
        self._command = [program, "--decompress", "--stdout", "--quiet"]
        self._environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}

    def head(self, source: FileIO, length: int) -> bytes:
        with self._start(source, subprocess.PIPE) as process:
            head = process.stdout.read(length) if process.stdout else b""
            cut = len(head) == length
            process.kill() if cut else process.wait()
        if not cut and process.returncode:
            raise _damaged()
        return head

    def copy(self, source: FileIO, target: IO[bytes]) -> None:
        with self._start(source, target) as process:
            pass
        if process.returncode:
            raise _damaged()

    def _start(self, source: FileIO, target: IO[bytes] | int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  an absolute path, and no argument from outside
            self._command,
            stdin=source,
            stdout=target,
            stderr=subprocess.DEVNULL,
            env=self._environment,
            creationflags=_NO_WINDOW,
        )


def _damaged() -> OSError:
    return OSError(None, "its compressed data is damaged or cut")
