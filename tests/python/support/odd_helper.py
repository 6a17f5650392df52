"""A helper where something is wrong, as a process of its own: `python odd_helper.py FAULT`."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any
from unittest import mock

from session_mirror.bucket.local import LocalStore
from session_mirror.mirror.library import Library
from session_mirror.server import serve

SECRET = "a line of a transcript"
_put, _get, _rows = LocalStore.put, LocalStore.get, Library.rows


def stuck_upload() -> None:
    """Puts of parts never end, like a connection that went silent."""

    def put(self: LocalStore, key: str, body: bytes) -> None:
        if "/part-" in key:
            print("stuck", file=sys.stderr, flush=True)  # noqa: T201  for the test
            threading.Event().wait()
        _put(self, key, body)

    mock.patch.object(LocalStore, "put", put).start()


def slow_reading() -> None:
    """Every read of an object takes a fifth of a second."""

    def get(self: LocalStore, *args: Any) -> bytes:
        time.sleep(0.2)
        return _get(self, *args)

    mock.patch.object(LocalStore, "get", get).start()
    mock.patch.object(LocalStore, "composes_from", None).start()  # else a compaction reads nothing


def stuck_listing() -> None:
    """Lists of the bucket never end."""

    def rows(_: Library) -> Any:
        threading.Event().wait()

    mock.patch.object(Library, "rows", rows).start()


def noisy() -> None:
    """A library writes to standard output, in every way there is."""

    def rows(self: Library) -> Any:
        print("print")  # noqa: T201  noise
        sys.stdout.write("write\n")
        sys.stdout.flush()
        os.write(1, b"Content-Length: 2\r\n\r\n{}")
        os.system("echo from a child")  # noqa: S605  a child inherits the descriptors
        return _rows(self)

    mock.patch.object(Library, "rows", rows).start()


def buggy() -> None:
    """An error nobody expected, whose text quotes a transcript."""

    def rows(_: Library) -> Any:
        raise ValueError(SECRET)

    mock.patch.object(Library, "rows", rows).start()


if __name__ == "__main__":
    {fault.__name__: fault for fault in (stuck_upload, slow_reading, stuck_listing, noisy, buggy)}[sys.argv[1]]()
    serve()
