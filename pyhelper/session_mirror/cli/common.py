"""What all commands share: the destination option, errors as a terminal user expects them, sizes and ages in words."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NoReturn, TypeVar

import click
from typing_extensions import ParamSpec

from session_mirror.errors import MirrorError
from session_mirror.graph import build_deps
from session_mirror.harness.registry import REGISTRY
from session_mirror.mirror.deps import Deps
from session_mirror.protocol.mirror import Destination

_P = ParamSpec("_P")
_T = TypeVar("_T")
HARNESS = click.Choice(sorted(REGISTRY))
destination_option = click.option(
    "--destination",
    envvar="SESSION_MIRROR_DESTINATION",
    default="",
    metavar="URL",
    show_envvar=True,
    help="file:///path or s3://bucket/project; by default a folder in the state directory.",
)


def open_deps(destination: str, *, redact: bool = True) -> Deps:
    """The object graph for a destination as given on the command line."""
    return build_deps(Destination(url=destination), redact=redact)


def shows_errors(command: Callable[_P, _T]) -> Callable[_P, _T]:
    """Turns a `MirrorError` into a message with its remedy, and exit code 1."""

    @functools.wraps(command)
    def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return command(*args, **kwargs)
        except MirrorError as error:
            fail(error)

    return wrapped


def fail(error: MirrorError) -> NoReturn:
    """Ends the command with the error's message and remedy."""
    raise click.ClickException(f"{error.message}\n{error.hint}" if error.hint else error.message) from error


def size_text(size: int) -> str:
    """Bytes for people: `812 B`, `3.4 MB` (powers of 1000)."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def counted(count: int, noun: str) -> str:
    """`1 part`, `3 parts`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
