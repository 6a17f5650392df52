"""Notices that the process which wants us is gone, even when it was killed and its pipes live on in other processes."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

EVERY_S = 0.5


def watch_parent(gone: Callable[[], None]) -> None:
    """Calls `gone`, from a thread, once the parent process has ended. On Windows nobody knows; see `watch_process`."""
    if sys.platform != "win32":
        parent = os.getppid()
        _start(lambda: _poll(lambda: os.getppid() == parent), gone)


def watch_process(pid: int, gone: Callable[[], None]) -> None:
    """Calls `gone`, from a thread, once the process `pid` has ended; one that cannot be watched is taken as alive."""
    if sys.platform == "win32":
        _start(lambda: _wait_on_windows(pid), gone)
    elif pid > 0:
        _start(lambda: _poll(lambda: _is_there(pid)), gone)


def _start(wait: Callable[[], bool], gone: Callable[[], None]) -> None:
    def watch() -> None:
        if wait():
            gone()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _poll(alive: Callable[[], bool]) -> bool:
    pause = threading.Event()
    while alive():
        pause.wait(EVERY_S)
    return True


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # somebody else's, or not a process id at all
    return True


def _wait_on_windows(pid: int) -> bool:
    """Blocks until the process has ended. `os.kill` would end it there."""
    if sys.platform != "win32":
        return False
    import ctypes  # noqa: PLC0415  needed on Windows only

    synchronize, forever, invalid_parameter, signaled = 0x00100000, 0xFFFFFFFF, 87, 0
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = ctypes.c_void_p
    kernel.WaitForSingleObject.argtypes = (ctypes.c_void_p, ctypes.c_ulong)
    handle = kernel.OpenProcess(synchronize, False, pid)  # noqa: FBT003  inherits nothing
    if not handle:
        return ctypes.get_last_error() == invalid_parameter  # there is no such process
    return bool(kernel.WaitForSingleObject(handle, forever) == signaled)
