"""The command line: `session-mirror`."""

from __future__ import annotations

import logging

import click

from session_mirror import __version__
from session_mirror.cli.browse import list_sessions, show
from session_mirror.cli.compact import compact
from session_mirror.cli.events import events
from session_mirror.cli.hooks import hooks
from session_mirror.cli.mirror import mirror
from session_mirror.cli.serve import serve
from session_mirror.cli.stats import stats
from session_mirror.cli.stop import stop
from session_mirror.cli.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="session-mirror")
@click.option("-v", "--verbose", is_flag=True, help="Log what goes wrong, and when it is tried again, to stderr.")
def main(verbose: bool) -> None:
    """Mirror coding agents' sessions, live and redacted, to storage you own; list, show, verify and compact them."""
    logging.basicConfig(level=logging.INFO if verbose else logging.CRITICAL, format="%(levelname)s %(message)s")


for command in (mirror, list_sessions, show, events, stats, verify, compact, stop, hooks, serve):
    main.add_command(command)
