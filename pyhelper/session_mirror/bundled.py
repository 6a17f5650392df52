"""Runs the helper on the libraries that the extension brings, whatever is installed beside the interpreter.

Needs the standard library only: nothing else is importable before `prepare` was called.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import sysconfig
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
LINUX_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def prepare() -> None:
    """Puts the bundled libraries first on the import path and keeps byte code out of the extension's folder.

    In a development checkout without a bundle the project's own virtual environment takes its place. The caller has
    switched byte code off; from here on it goes to the state directory.
    """
    pure = HOME / "dist/pylibs"
    if not pure.is_dir():
        sys.path[1:1] = [str(path) for path in _development_libraries()]
    else:
        sys.path.insert(1, str(pure))

    from session_mirror.journal.state_dir import state_dir  # noqa: PLC0415 - importable only now

    state = state_dir()
    native = HOME / "dist/pylibs-native" / native_target()
    if native.is_dir():
        sys.path.insert(1, str(_unlocked(native, state) if os.name == "nt" else native))
    sys.pycache_prefix = str(state / "pycache")
    sys.dont_write_bytecode = False


def native_target() -> str:
    """The bundle's name for this interpreter's system and machine; a name that no bundle has where there is none."""
    is_64_bit = sys.maxsize > 2**32
    if sys.platform == "win32":
        return {"win-amd64": "win32-x64", "win-arm64": "win32-arm64"}.get(sysconfig.get_platform(), "none")
    machine = platform.machine().lower()
    if sys.platform == "darwin":
        return f"darwin-{LINUX_MACHINES.get(machine, machine)}"
    if not is_64_bit:
        return "linux-armhf" if machine.startswith(("armv7", "armv8", "aarch64")) else "none"
    return f"{'linux' if _is_glibc() else 'alpine'}-{LINUX_MACHINES.get(machine, machine)}"


def _is_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (AttributeError, ValueError, OSError):
        return False


def _development_libraries() -> list[Path]:
    venv = HOME / ".venv"
    return [*venv.glob("lib/python3.*/site-packages"), *venv.glob("Lib/site-packages")]


def _unlocked(native: Path, state: Path) -> Path:
    """A copy outside the extension's folder: Windows can't replace a loaded library, so an update would fail."""
    copy = state / "native" / f"{HOME.name}-{native.name}"
    if not copy.is_dir():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(native, draft)
        try:
            draft.rename(copy)
        except OSError:  # another helper was faster
            shutil.rmtree(draft, ignore_errors=True)
    return copy
