"""The command line: `session-mirror`."""

from __future__ import annotations

import importlib
import logging
from typing import Final

import click

from session_mirror import __version__

_COMMANDS: Final = {
    "mirror": "mirror",
    "list": "browse.list_sessions",
    "show": "browse",
    "events": "events",
    "stats": "stats",
    "verify": "verify",
    "compact": "compact",
    "stop": "stop",
    "hooks": "hooks",
    "serve": "serve",
}
"""Where each command is: its file, and its name there, if that is another."""


class _Commands(click.Group):
    """Imports a command when it is asked for: what all of them need takes longer than most of them run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  as click calls it
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        file, _, name = place.partition(".")
        command = getattr(importlib.import_module(f"{__name__}.{file}"), name or cmd_name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="session-mirror")
@click.option("-v", "--verbose", is_flag=True, help="Log what goes wrong, and when it is tried again, to stderr.")
def main(verbose: bool) -> None:
    """Mirror coding agents' sessions, live and redacted, to storage you own; list, show, verify and compact them."""
    logging.basicConfig(level=logging.INFO if verbose else logging.CRITICAL, format="%(levelname)s %(message)s")
