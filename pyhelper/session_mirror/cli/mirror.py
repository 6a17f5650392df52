"""`session-mirror mirror`: once, or until stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from session_mirror.cli.common import HARNESS, destination_option, open_deps, shows_errors, size_text
from session_mirror.cli.follow import follow as follow_until
from session_mirror.cli.progress import Progress
from session_mirror.cli.stopping import Stopping, until_signalled
from session_mirror.errors import MirrorError
from session_mirror.harness.base import FoundSession
from session_mirror.harness.registry import REGISTRY
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.families import lineage, with_descendants
from session_mirror.mirror.indexing import index_if_due, stored_of
from session_mirror.mirror.machines import CLAIM_S, TakingOver, WrittenElsewhere
from session_mirror.mirror.roster import Scope
from session_mirror.mirror.session import Outcome, SessionMirror
from session_mirror.mirror.stream import Stream


def _positive(_context: click.Context, _option: click.Parameter, value: float) -> float:
    if not value > 0 or value == float("inf"):
        raise click.BadParameter("must be a positive number of seconds.")
    return value


@click.command()
@click.option("--harness", type=HARNESS, default=None, help="Which coding agent; all known ones by default.")
@click.option("--session-id", default=None, help="Which session; by default the most recently active one of --cwd.")
@click.option(
    "--cwd",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="The directory the session ran in; by default this one.",
)
@click.option("--follow", "-f", is_flag=True, help="Keep mirroring until Ctrl-C.")
@click.option("--interval", type=float, default=5.0, show_default=True, callback=_positive, metavar="SECONDS",
              help="With --follow: at least this long between two uploads of one session.")  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Follow every session of --cwd, also those yet to begin.")
@click.option("--min-bytes", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
              help="Leave fewer new bytes than this for the next time.")  # fmt: skip
@click.option("--no-compact", is_flag=True, help="With --follow: merge no parts, however many and small they are.")
@click.option("--no-redact", is_flag=True, help="Upload secrets as they are; for trusted buckets only.")
@destination_option
@shows_errors
def mirror(
    *,
    harness: str | None,
    session_id: str | None,
    cwd: Path | None,
    follow: bool,
    interval: float,
    everything: bool,
    min_bytes: int,
    no_compact: bool,
    no_redact: bool,
    destination: str,
) -> None:
    """Mirror what is new in a session, once; with --follow until stopped.

    A session's sub-agents, and long tool output that its agent keeps beside the transcript, are mirrored with it.
    Ctrl-C and SIGTERM upload what is pending, note the end in meta.json and exit with 0.
    """
    if everything and session_id is not None:
        raise click.UsageError("--all and --session-id exclude each other.")
    deps = open_deps(destination, redact=not no_redact)
    harnesses = (harness,) if harness else tuple(REGISTRY)
    folder = (cwd or Path.cwd()).expanduser().absolute()
    if cwd is not None and not folder.is_dir() and session_id is None:
        click.echo(f"Note: {folder} is not a directory (any more); looking for its sessions all the same.", err=True)
    with until_signalled() as stopping:
        if everything:
            scope = Scope(folders=(folder,), harnesses=harnesses, min_bytes=min_bytes, compact=not no_compact)
            follow_until(deps, scope, interval, stopping)
            return
        sessions = [found for name in harnesses for found in deps.harnesses[name].discover((folder,))]
        found = _newest(sessions, session_id)
        if found is None:
            raise _not_found(harness, session_id, folder)
        siblings = [each for each in sessions if each.harness == found.harness]
        parents = {each.session_id: each.parent_id for each in siblings}
        for each in lineage(found.session_id, parents.get):
            # To name a session's mirroring is to want it: an earlier `stop` is over.
            deps.journal.set_stopped(found.harness, each, stopped=False)
        if follow:
            only = frozenset({(found.harness, found.session_id)})
            scope = Scope(
                folders=(folder,),
                harnesses=(found.harness,),
                sessions=only,
                min_bytes=min_bytes,
                compact=not no_compact,
            )
            follow_until(deps, scope, interval, stopping)
        else:
            _once(deps, found, min_bytes, stopping)
            for sub_agent in with_descendants(siblings, {(found.harness, found.session_id)}):
                if sub_agent != found and not stopping.is_set():
                    _once(deps, sub_agent, min_bytes, stopping, quiet=True)


def _once(deps: Deps, found: FoundSession, min_bytes: int, stopping: Stopping, *, quiet: bool = False) -> None:
    """`quiet`: says nothing where nothing is new."""
    session = SessionMirror(deps, found)
    name = f"{found.harness}/{found.session_id}"
    uploaded = False
    progress = Progress()
    try:
        while True:
            try:
                outcome = _flush(session, min_bytes)
            except TakingOver as error:
                click.echo(f"{name}: taking over from {error.machine}.", err=True)
                if stopping.wait(CLAIM_S):
                    return
                continue
            except WrittenElsewhere as error:
                click.echo(f"{name}: {error.message} {error.hint}", err=True)
                return
            if outcome.status == "elsewhere":
                click.echo(f"{name}: already mirrored by another process of this machine.", err=True)
                return
            if outcome.part is not None:
                uploaded = True
                progress.clear()
                click.echo(_uploaded(outcome))
            stream = session.position()
            mirrored = stream.state.source_cursor if stream else 0
            if not outcome.more or stopping.is_set():
                break
            progress.show(mirrored, max(0, found.size - mirrored))
        session.upkeep(force=True, ended=stopping.is_set())
        if outcome.more and mirrored < found.size:
            raise _ended_early(name, mirrored, found.size)
        _attach_all(session, stopping)
        _index(deps, stream, stopping)
        if uploaded or not quiet:
            click.echo(_done(deps, found, mirrored, uploaded=uploaded), err=uploaded)
    finally:
        progress.clear()
        session.release()


def _flush(session: SessionMirror, min_bytes: int) -> Outcome:
    try:
        return session.flush(min_bytes=min_bytes)
    except OSError as error:
        raise _unreadable(session.found.path, error) from error


def _attach_all(session: SessionMirror, stopping: Stopping) -> None:
    while session.attach(at_once=True).left and not stopping.is_set():
        pass


def _index(deps: Deps, stream: Stream | None, stopping: Stopping) -> None:
    if stream is not None and not stopping.is_set():
        index_if_due(deps, stored_of(stream.key), stream.state.stream_end, cancelled=stopping.is_set)


def _done(deps: Deps, found: FoundSession, mirrored: int, *, uploaded: bool) -> str:
    if uploaded:
        return f"{found.harness}/{found.session_id} is mirrored to {deps.store.label} ({size_text(found.size)})."
    return f"nothing new: session={found.session_id} mirrored={mirrored:,}B size={found.size:,}B"


def _uploaded(outcome: Outcome) -> str:
    return (
        f"uploaded {outcome.part}  source={outcome.source_bytes:,}B  upload={outcome.uploaded_bytes:,}B  "
        f"redactions={outcome.redactions or 'none'}"
    )


def _unreadable(path: Path, error: OSError) -> MirrorError:
    return MirrorError(f"{path} cannot be read: {error.strerror}.", kind="source", hint="Check the file's permissions.")


def _ended_early(name: str, mirrored: int, size: int) -> MirrorError:
    return MirrorError(
        f"{name}: ended after {size_text(mirrored)} of {size_text(size)}.",
        kind="source",
        hint="The rest is still in the transcript: run the same command again.",
    )


def _newest(sessions: Sequence[FoundSession], session_id: str | None) -> FoundSession | None:
    """The named session, else the one of a person that changed last."""
    wanted = (each for each in sessions if (each.parent_id if session_id is None else each.session_id) == session_id)
    return max(wanted, key=lambda session: (session.modified_ms, session.session_id), default=None)


def _not_found(harness: str | None, session_id: str | None, folder: Path) -> MirrorError:
    whose = f"{harness} session" if harness else "session"
    which = f" {session_id}" if session_id else ""
    return MirrorError(
        f"No {whose}{which} found for {folder}.",
        kind="notFound",
        hint="Run the agent there first, or name another directory with --cwd.",
    )
