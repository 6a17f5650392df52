"""Memory that large sessions took is given back where the C library can be told to; elsewhere nothing happens."""

from __future__ import annotations

import ctypes
import platform

import pytest

from session_mirror.server.allocation import give_back_large_blocks


def test_the_c_library_takes_the_setting_where_it_has_one() -> None:
    assert give_back_large_blocks() is (platform.libc_ver()[0] == "glibc")


def test_a_c_library_without_the_setting_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    assert not give_back_large_blocks()
