"""`session-mirror serve`: the helper's end of the editor's pipe."""

from __future__ import annotations

import click


@click.command(hidden=True)
def serve() -> None:
    """Speak JSON-RPC on standard input and output; started by the editor."""
    from session_mirror.server import serve as run  # noqa: PLC0415  the other commands need none of it

    run()
