"""`session-mirror serve`: the helper's end of the editor's pipe."""

from __future__ import annotations

from contextlib import suppress

import click

from session_mirror.cli.hooks import this_program
from session_mirror.errors import MirrorError
from session_mirror.hooks.installation import follow_program
from session_mirror.journal.state_dir import state_dir


@click.command(hidden=True)
def serve() -> None:
    """Speak JSON-RPC on standard input and output; started by the editor."""
    from session_mirror.server import serve as run  # noqa: PLC0415  the other commands need none of it

    with suppress(MirrorError, OSError):  # the editor was updated, and lies elsewhere now
        follow_program(state_dir(), this_program())
    run()
