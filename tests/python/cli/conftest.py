"""Every test of the command line begins with one session in a workspace."""

from pathlib import Path

import pytest

from support.terminal import SESSION, Terminal
from support.transcripts import Transcript


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path)
    session = Transcript(cwd=str(made.workspace.resolve()), session_id=SESSION)
    session.prompt("tidy the parser")
    made.append(session.data())
    return made
