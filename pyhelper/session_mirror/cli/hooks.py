"""`session-mirror hooks`: agents' own hooks begin and end mirroring outside the editor."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from session_mirror.bucket.destination import open_store
from session_mirror.bundled import HOME
from session_mirror.cli.common import counted, shows_errors
from session_mirror.errors import MirrorError
from session_mirror.graph import build_deps
from session_mirror.hooks.agents import AGENTS
from session_mirror.hooks.background import attend as attend_until
from session_mirror.hooks.background import is_running
from session_mirror.hooks.configuration import HookConfiguration, read_configuration
from session_mirror.hooks.detaching import detach, log_to_file
from session_mirror.hooks.installation import Standing, Target, install, standing, targets, uninstall
from session_mirror.hooks.told import Attendance, read_attendance
from session_mirror.journal.state_dir import default_mirror_dir, state_dir
from session_mirror.mirror.deps import Deps
from session_mirror.protocol.mirror import Destination

_STATES = {"installed": "installed", "outdated": "outdated", "notInstalled": "not installed", "unusable": "unusable"}
_agent_option = click.option(
    "--agent", "agent", type=click.Choice(sorted(AGENTS)), default=None, help="Only this coding agent."
)
_home_option = click.option(
    "--home",
    "homes",
    type=click.Path(file_okay=False, path_type=Path),
    multiple=True,
    metavar="PATH",
    help="With --agent: its configuration folder, if not the usual one; may be given several times.",
)


@click.group()
def hooks() -> None:
    """Mirror sessions that run outside the editor: agents tell of them by their own hooks."""


@hooks.command("install")
@_agent_option
@_home_option
@click.option("--destination", envvar="SESSION_MIRROR_DESTINATION", default="", metavar="URL", show_envvar=True,
              help="file:///path or s3://bucket/project; by default a folder in the state directory.")  # fmt: skip
@click.option("--endpoint", envvar=("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"), default=None, metavar="URL",
              show_envvar=True, help="The address of an S3-compatible server.")  # fmt: skip
@click.option("--region", envvar=("AWS_REGION", "AWS_DEFAULT_REGION"), default=None, show_envvar=True,
              metavar="NAME", help="The bucket's region.")  # fmt: skip
@click.option("--profile", envvar="AWS_PROFILE", default=None, metavar="NAME", show_envvar=True,
              help="The AWS profile to sign in with.")  # fmt: skip
@click.option("--no-redact", is_flag=True, help="Upload secrets as they are; for trusted buckets only.")
@shows_errors
def install_hooks(
    *,
    agent: str | None,
    homes: tuple[Path, ...],
    destination: str,
    endpoint: str | None,
    region: str | None,
    profile: str | None,
    no_redact: bool,
) -> None:
    """Add our hooks to the agents' settings; what else is in there stays as it is."""
    state = state_dir()
    where = Destination(url=destination, endpoint_url=endpoint, region=region, profile=profile)
    label = open_store(where, default_dir=default_mirror_dir(state)).label
    wanted = _targets(state, agent, homes)
    present = wanted if agent is not None else [target for target in wanted if target.home.is_dir()]
    if not present:
        raise MirrorError(
            "No agent with hooks was found here.",
            kind="notFound",
            hint=f"Looked for {', '.join(str(target.home) for target in wanted)}. Name one with --agent, or --home.",
        )
    done = install(state, present, destination=where, redact=not no_redact, program=this_program())
    for target, change in done:
        words = "already installed" if change == "unchanged" else change
        click.echo(f"{target.agent.harness}: {words} in {target.path}")
    click.echo(f"Their sessions are mirrored to {label}.")
    if any(target.agent.harness == "codex" for target in present):
        click.echo("Codex runs hooks only after you have reviewed them: start codex, type /hooks and trust both.")


@hooks.command("remove")
@_agent_option
@_home_option
@shows_errors
def remove_hooks(*, agent: str | None, homes: tuple[Path, ...]) -> None:
    """Take our hooks out of the agents' settings again, and leave everything else there as it is."""
    state = state_dir()
    for target, change in uninstall(state, _targets(state, agent, homes)):
        words = "removed from" if change == "removed" else "nothing to remove in"
        click.echo(f"{target.agent.harness}: {words} {target.path}")


@hooks.command("status")
@_agent_option
@_home_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, for programs.")
@shows_errors
def show_status(*, agent: str | None, homes: tuple[Path, ...], as_json: bool) -> None:
    """Tell which agents have our hooks, where their sessions go, and which are mirrored right now."""
    state = state_dir()
    found = [standing(state, target) for target in _targets(state, agent, homes)]
    configuration = read_configuration(state)
    attendance = read_attendance(state) if is_running(state) else None
    if as_json:
        click.echo(json.dumps(_fields(found, configuration, attendance), indent=2))
        return
    for one in found:
        words = ", ".join(filter(None, (_STATES[one.state], one.obstacle)))
        click.echo(f"{one.target.agent.harness}: {words} ({one.target.path})")
        if one.problem:
            click.echo(f"  {one.problem}")
    if configuration is not None:
        redaction = "" if configuration.redact else ", secrets as they are"
        click.echo(f"Destination: {_label(configuration)}{redaction}")
    if attendance is None:
        click.echo("The background process is not running: no session is told of.")
        return
    click.echo(
        f"The background process runs (pid {attendance.pid}) with {counted(len(attendance.sessions), 'session')}."
    )
    for told, words in attendance.sessions:
        click.echo(f"  {told.harness}/{told.session_id}  {words}  {told.cwd}")


@hooks.command(hidden=True)
def attend() -> None:
    """Mirror the sessions that hooks tell of; started by the hooks."""
    stopping = detach()
    state = state_dir()
    try:
        log_to_file(state)
        attend_until(state, _build, stopping)
    finally:
        os._exit(0)  # no upload that hangs keeps the process


def this_program() -> tuple[str, ...]:
    """How to start this very program as the background process: the interpreter, and what it is given."""
    if sys.flags.no_site:
        return (sys.executable, "-I", "-S", "-X", "utf8", str(HOME / "pyhelper" / "bootstrap.py"), "hooks", "attend")
    return (sys.executable, "-m", "session_mirror", "hooks", "attend")


def _build(configuration: HookConfiguration) -> Deps:
    return build_deps(configuration.destination, redact=configuration.redact)


def _targets(state: Path, agent: str | None, homes: tuple[Path, ...]) -> list[Target]:
    if homes and agent is None:
        raise click.UsageError("--home needs --agent.")
    given = [home.expanduser().absolute() for home in homes]
    return targets(state, [agent] if agent else list(AGENTS), given, os.environ)


def _label(configuration: HookConfiguration) -> str:
    try:
        return open_store(configuration.destination, default_dir=default_mirror_dir(state_dir())).label
    except MirrorError as error:
        return f"{configuration.destination.url} ({error.message})"


def _fields(
    found: list[Standing], configuration: HookConfiguration | None, attendance: Attendance | None
) -> dict[str, object]:
    return {
        "agents": [
            {
                "agent": one.target.agent.harness,
                "label": one.target.agent.label,
                "file": str(one.target.path),
                "has_home": one.target.home.is_dir(),
                "state": one.state,
                "obstacle": one.obstacle,
                "problem": one.problem,
            }
            for one in found
        ],
        "destination": _label(configuration) if configuration else None,
        "redact": configuration.redact if configuration else None,
        "background_pid": attendance.pid if attendance else None,
        "sessions": [
            {"harness": told.harness, "session_id": told.session_id, "cwd": told.cwd, "state": words}
            for told, words in (attendance.sessions if attendance else ())
        ],
    }
