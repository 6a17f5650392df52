"""Sessions whose agents begin others: `<id>.jsonl`, `<id>/agent-<x>.jsonl` with a sidecar, `<id>/tool-results/`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from session_mirror.harness.base import Attachment, FoundSession
from support.engine import PlainHarness, found_session


class FamilyHarness(PlainHarness):
    """As Claude Code keeps sub-agents and long outputs."""

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        plain = super().discover(folders)
        return [found for session in plain for found in (_with_results(session), *_sub_agents(session))]


@attrs.define
class Driver(PlainHarness):
    """Another agent, which drives sessions of the first."""

    driven: dict[tuple[str, str], str] = attrs.field(factory=dict)
    name = "driver"
    label = "Driver"

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        return []

    def drives(self) -> Mapping[tuple[str, str], str]:
        return self.driven


def begin_sub_agent(folder: Path, session: str, agent: str, data: bytes, **sidecar: object) -> Path:
    """A session's agent begins another one, or that one goes on."""
    home = folder / session
    home.mkdir(exist_ok=True)
    path = home / f"agent-{agent}.jsonl"
    with path.open("ab") as file:
        file.write(data)
    if sidecar:
        tell(path, **sidecar)
    return path


def tell(path: Path, **sidecar: object) -> None:
    """The agent writes its sidecar anew."""
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps(sidecar))
    aside.replace(path.with_suffix(".meta.json"))


def _with_results(session: FoundSession) -> FoundSession:
    results = session.path.with_suffix("") / "tool-results"
    files = sorted(results.iterdir()) if results.is_dir() else []
    told = [(path, path.stat()) for path in files]
    attachments = tuple(Attachment(path.name, path, status.st_size, status.st_mtime_ns) for path, status in told)
    return attrs.evolve(session, attachments=attachments)


def _sub_agents(session: FoundSession) -> list[FoundSession]:
    found = []
    for path in sorted(session.path.with_suffix("").glob("agent-*.jsonl")):
        sidecar = path.with_suffix(".meta.json")
        found.append(
            attrs.evolve(
                found_session(path),
                session_id=f"{session.session_id}~{path.stem}",
                cwd=session.cwd,
                parent_id=session.session_id,
                agent=f"Explore: {path.stem}",
                sidecar=sidecar if sidecar.exists() else None,
            )
        )
    return found
