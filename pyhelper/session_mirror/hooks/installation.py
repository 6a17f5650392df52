"""Putting our hooks into agents' settings, taking them out again, and telling whether they are there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

import attrs

from session_mirror import __version__
from session_mirror.errors import MirrorError
from session_mirror.hooks.agents import AGENTS, Agent, wanted_hooks
from session_mirror.hooks.configuration import (
    HookConfiguration,
    Installed,
    configuration_path,
    read_configuration,
    write_configuration,
    write_private,
)
from session_mirror.hooks.entries import Hook, check, insert, presence, remove, update
from session_mirror.hooks.json_text import Insertion, Layout, dumped, take_back
from session_mirror.hooks.script import FOLDER, SPOOL, entry_of, hook_command, script_path, script_text
from session_mirror.hooks.settings_file import SettingsFile, read_settings
from session_mirror.journal.state_dir import ensure_private
from session_mirror.protocol.mirror import Destination

State = Literal["installed", "outdated", "notInstalled", "unusable"]
Change = Literal["installed", "updated", "unchanged", "removed"]
_TRIES: Final = 5
_WINDOWS: Final = sys.platform == "win32"


@attrs.frozen
class Target:
    """One home of one agent."""

    agent: Agent
    home: Path

    @property
    def path(self) -> Path:
        """The settings file that hooks stand in."""
        return self.home / self.agent.file


@attrs.frozen
class Standing:
    """How it is with one target. `obstacle` says why hooks that are there do not run, `problem` what is unusable."""

    target: Target
    state: State
    obstacle: str = ""
    problem: str = ""


def targets(state: Path, names: Iterable[str], homes: Iterable[Path], environment: Mapping[str, str]) -> list[Target]:
    """These agents' usual homes, or the given ones, and those where hooks were installed before."""
    configuration = read_configuration(state)
    agents = [AGENTS[name] for name in names]
    given = [Target(agent, home) for agent in agents for home in homes]
    found = given or [Target(agent, agent.home(environment, Path.home())) for agent in agents]
    if not given and configuration is not None:
        before = [(AGENTS.get(done.harness), Path(done.home)) for done in configuration.installed.values()]
        found += [Target(agent, home) for agent, home in before if agent in agents]
    return list({os.path.realpath(target.path): target for target in reversed(found)}.values())[::-1]


def install(
    state: Path, wanted: Iterable[Target], *, destination: Destination, redact: bool, program: tuple[str, ...]
) -> list[tuple[Target, Change]]:
    """From now on these agents' sessions are mirrored to the destination, by `program`.

    Raises:
        MirrorError: a file cannot be understood or written; those before it are done.
    """
    before = read_configuration(state)
    configuration = HookConfiguration(
        destination=destination,
        redact=redact,
        program=program,
        version=__version__,
        installed=dict(before.installed) if before else {},
    )
    ensure_private(state / FOLDER / SPOOL)
    _write_script(state, configuration)
    write_configuration(state, configuration)
    done: list[tuple[Target, Change]] = []
    for target in wanted:
        change = _put_in(state, target, configuration.installed)
        write_configuration(state, configuration)
        done.append((target, change))
    return done


def uninstall(state: Path, wanted: Iterable[Target]) -> list[tuple[Target, Change]]:
    """Takes our hooks out; with the last ones goes what they ran.

    Raises:
        MirrorError: a file cannot be understood or written; those before it are done.
    """
    configuration = read_configuration(state)
    installed = dict(configuration.installed) if configuration else {}
    done: list[tuple[Target, Change]] = []
    for target in wanted:
        done.append((target, _take_out(target, installed)))
        if configuration is not None:
            write_configuration(state, attrs.evolve(configuration, installed=installed))
    if not installed:
        configuration_path(state).unlink(missing_ok=True)
        script_path(state).unlink(missing_ok=True)
        shutil.rmtree(state / FOLDER / SPOOL, ignore_errors=True)
    return done


def standing(state: Path, target: Target) -> Standing:
    """How it is with one agent's hooks; changes nothing."""
    try:
        text = read_settings(target.path).text
        if text.strip():
            check(text, target.path)
    except MirrorError as error:
        return Standing(target, "unusable", problem=f"{error.message} {error.hint}")
    found = presence(text, _wanted(state, target.agent)) if text.strip() else "none"
    if found == "none":
        return Standing(target, "notInstalled")
    is_current = found == "current" and read_configuration(state) is not None and script_path(state).is_file()
    obstacle = target.agent.obstacle(target.home, text)
    return Standing(target, "installed" if is_current else "outdated", obstacle)


def follow_program(state: Path, program: tuple[str, ...]) -> None:
    """Points installed hooks to this program, where the one they start is gone or older: after an update, for one.

    Raises:
        MirrorError: the disk refuses.
    """
    configuration = read_configuration(state)
    if configuration is None:
        return
    is_there = all(Path(part).exists() for part in (configuration.program[0], entry_of(configuration.program)))
    if is_there and _numbers(configuration.version) >= _numbers(__version__):
        return
    configuration = attrs.evolve(configuration, program=program, version=__version__)
    _write_script(state, configuration)
    write_configuration(state, configuration)


def _put_in(state: Path, target: Target, installed: dict[str, Installed]) -> Change:
    wanted = _wanted(state, target.agent)
    for _ in range(_TRIES):
        file = read_settings(target.path)
        key = str(file.path)
        record = installed.get(key)
        text = file.text
        if text.strip():
            check(text, target.path)
        found = presence(text, wanted) if text.strip() else "none"
        if found == "current":
            if record is None:
                installed[key] = _record(target, created=False)
            return "unchanged"
        untouched = _before(file, record)
        if found == "none" or untouched is not None:
            new, insertions = _inserted(text if untouched is None else untouched, wanted)
        else:
            new, insertions = update(text, wanted), ()
        data = file.encoded(new)
        sha256 = hashlib.sha256(data).hexdigest() if insertions else ""
        created = file.data is None or (record is not None and record.created)
        # First the record: without it, what is about to be written could not be taken back exactly.
        installed[key] = attrs.evolve(_record(target, created=created), sha256=sha256, insertions=insertions)
        if file.write(data):
            return "installed" if found == "none" else "updated"
    raise _busy(target.path)


def _take_out(target: Target, installed: dict[str, Installed]) -> Change:
    for _ in range(_TRIES):
        file = read_settings(target.path)
        record = installed.get(str(file.path))
        text = file.text
        if text.strip():
            check(text, target.path)
        if not text.strip() or presence(text, {}) != "outdated":
            installed.pop(str(file.path), None)
            return "unchanged"
        untouched = _before(file, record)
        new = remove(text) if untouched is None else untouched
        if record is not None and record.created and (not new.strip() or json.loads(new) == {}):
            file.delete()
        elif not file.write(file.encoded(new)):
            continue
        installed.pop(str(file.path), None)
        return "removed"
    raise _busy(target.path)


def _before(file: SettingsFile, record: Installed | None) -> str | None:
    """The text as it was before we came, where nobody has changed the file since."""
    if record is None or hashlib.sha256(file.data or b"").hexdigest() != record.sha256:
        return None
    return take_back(file.text, record.insertions)


def _inserted(text: str, wanted: Mapping[str, Hook]) -> tuple[str, tuple[Insertion, ...]]:
    if text.strip():
        return insert(text, wanted)
    whole = dumped(
        {"hooks": {event: [{"hooks": [dict(hook)]}] for event, hook in wanted.items()}}, Layout("\n", "  "), 0
    )
    return f"{whole}\n{text}", (Insertion(0, len(whole) + 1),)


def _wanted(state: Path, agent: Agent) -> dict[str, dict[str, object]]:
    return wanted_hooks(agent, hook_command(state, agent.harness), windows=_WINDOWS)


def _record(target: Target, *, created: bool) -> Installed:
    return Installed(harness=target.agent.harness, home=str(target.home), created=created)


def _write_script(state: Path, configuration: HookConfiguration) -> None:
    write_private(script_path(state), script_text(state, configuration.program).encode())


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _busy(path: Path) -> MirrorError:
    return MirrorError(
        f"{path} is being written by somebody else; it was left as it is.",
        kind="conflict",
        hint="Run the same command again in a moment.",
    )
