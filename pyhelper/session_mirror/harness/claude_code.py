"""Claude Code: transcripts in `<configuration>/projects/<encoded working directory>/<session id>.jsonl`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from session_mirror.protocol.mirror import Problem

from .base import Account, FoundSession, ReadRecord
from .claude.account import ClaudeAccount
from .claude.beside import custom_title_beside, label_of, sidecar_of
from .claude.discovery import Discovery
from .claude.paths import config_dirs
from .claude.projects import SUB_AGENT
from .claude.records import read_record
from .claude.search import HARNESS, LABEL
from .claude.titles import TitleScan
from .json_values import one_line
from .plain import PlainFiles
from .titles import TITLE_LENGTH, Titles, title_of_lines


class ClaudeCode(PlainFiles):
    """The harness; see `harness.base.Harness` for what each method promises."""

    name = HARNESS
    label = LABEL

    def __init__(
        self,
        extra_config_dirs: Sequence[Path] = (),
        *,
        environment: Mapping[str, str] | None = None,
        home: Path | None = None,
    ) -> None:
        """`extra_config_dirs` are searched beside CLAUDE_CONFIG_DIR, or the usual places without it."""
        variables = os.environ if environment is None else environment
        self._roots = [
            directory / "projects" for directory in config_dirs(variables, home or Path.home(), extra_config_dirs)
        ]
        self._discovery = Discovery(self._roots)
        self._titles = Titles(TitleScan)

    def roots(self) -> Sequence[Path]:
        """Where transcripts may appear."""
        return self._roots

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        """Sessions at home in one of the folders or below, and their sub-agents."""
        return self._discovery.find(folders)

    def problems(self) -> Sequence[Problem]:
        """What the last `discover` could not read."""
        return self._discovery.problems()

    def title(self, path: Path) -> str:
        """What the user or the agent named the session, else what it began with."""
        scan = self._titles.scan_of(path)
        if path.name.startswith(SUB_AGENT):
            task = label_of(sidecar_of(path)) or (scan.title() if scan else "")
            return task or f"Sub-agent {one_line(path.stem[len(SUB_AGENT) :], 40)}"
        # A record tells a later renaming than the file beside does.
        beside = "" if scan and scan.has_custom else one_line(custom_title_beside(path), TITLE_LENGTH)
        return beside or self._titles.of(path)

    def title_of_lines(self, lines: Sequence[bytes]) -> str:
        """The same of the lines that are at hand."""
        return title_of_lines(TitleScan(), lines)

    def read_record(self, line: bytes) -> ReadRecord:
        """One line as events."""
        return read_record(line)

    def account(self) -> Account:
        """Tokens by response, copies counted once."""
        return ClaudeAccount()
