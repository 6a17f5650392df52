"""An agent's settings file: read with care, written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

import attrs

from session_mirror.errors import MirrorError

_BOM: Final = b"\xef\xbb\xbf"
_NEW_MODE: Final = 0o600


@attrs.frozen
class SettingsFile:
    """The file as it was read. `path` is where it really is: links are written through."""

    path: Path
    data: bytes | None
    """None: there is no such file."""
    mode: int = _NEW_MODE

    @property
    def text(self) -> str:
        """Without the byte order mark; empty where there is no file."""
        return (self.data or b"").removeprefix(_BOM).decode()

    def encoded(self, text: str) -> bytes:
        """Another text as this file's bytes, with its byte order mark."""
        return (_BOM if (self.data or b"").startswith(_BOM) else b"") + text.encode()

    def write(self, data: bytes) -> bool:
        """Replaces the file at once; False, and nothing is written, when somebody else wrote meanwhile.

        Raises:
            MirrorError: it is write-protected, or the disk refuses.
        """
        if self.data is not None and not self.mode & 0o222:
            raise MirrorError(
                f"{self.path} is write-protected; it was left as it is.",
                kind="disk",
                hint="Make the file writable, and run the same command again.",
            )
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return self._replace(data)
        except OSError as error:
            raise _refused(self.path, "written", error) from error

    def delete(self) -> None:
        """Removes the file.

        Raises:
            MirrorError: the disk refuses.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise _refused(self.path, "removed", error) from error

    def _replace(self, data: bytes) -> bool:
        descriptor, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.chmod(self.mode)
            if read_settings(self.path).data != self.data:
                return False
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_directory(self.path.parent)
        return True


def read_settings(path: Path) -> SettingsFile:
    """The file at the end of the path's links, which need not exist.

    Raises:
        MirrorError: it cannot be read, or is no UTF-8 text.
    """
    real = Path(os.path.realpath(path))
    try:
        mode = stat.S_IMODE(real.stat().st_mode)
        data = real.read_bytes()
        data.decode()
    except FileNotFoundError:
        return SettingsFile(real, None)
    except OSError as error:
        raise _refused(real, "read", error) from error
    except UnicodeDecodeError as error:
        raise MirrorError(
            f"{real} is no UTF-8 text; it was left as it is.",
            kind="source",
            hint="Save the file as UTF-8, and run the same command again.",
        ) from error
    return SettingsFile(real, data, mode)


def _refused(path: Path, what: str, error: OSError) -> MirrorError:
    return MirrorError(
        f"{path} cannot be {what}: {error.strerror}.",
        kind="disk",
        hint="Check the permissions of the file and of its folder, and run the same command again.",
    )


def _sync_directory(directory: Path) -> None:
    with suppress(OSError):  # not on Windows
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
