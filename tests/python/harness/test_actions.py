"""What tools do, whatever they are called, and which files they are on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.actions import action_of, paths_of, tool_call

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["path", "paths", "input", "x"]), inner)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("Bash", "shell"),
        ("exec_command", "shell"),
        ("Read", "read"),
        ("MultiEdit", "edit"),
        ("apply_patch", "edit"),
        ("Write", "write"),
        ("update_plan", "todo"),
        ("WebFetch", "fetch"),
        ("Task", "agent"),
        ("mcp__shop__order", "other"),
        ("", "other"),
    ],
)
def test_a_tools_action_is_known_by_its_name(name: str, action: str) -> None:
    assert action_of(name) == action


def test_a_patch_names_every_file_it_is_on_once() -> None:
    patch = "*** Begin Patch\n*** Update File: a b.py\n@@\n*** Add File: c.py\n*** Update File: a b.py\n*** End Patch"
    assert paths_of("edit", patch) == paths_of("edit", {"input": patch}) == ("a b.py", "c.py")


def test_only_what_reads_or_writes_files_is_on_files() -> None:
    assert paths_of("read", {"file_path": "/home/ada/x"}) == ("/home/ada/x",)
    assert paths_of("search", {"path": "/home/ada"}) == ()
    assert paths_of("shell", {"path": "/home/ada"}) == ()


PATCH = "*** Begin Patch\n*** Update File: a.py\n@@\n-1\n+2\n*** Add File: b.py\n+3\n*** End Patch"


@pytest.mark.parametrize(
    "arguments",
    [
        {"cmd": f"apply_patch <<'EOF'\n{PATCH}\nEOF"},
        {"command": f"cd /home/ada/x && apply_patch <<'EOF'\n{PATCH}\nEOF"},
        {"command": ["bash", "-lc", f"apply_patch <<'EOF'\n{PATCH}\nEOF"]},
        {"command": ["apply_patch", PATCH]},
    ],
)
def test_a_patch_that_a_command_applies_is_an_edit(arguments: object) -> None:
    tool = tool_call("id", "exec_command", "apply_patch <<'EOF' ***", arguments)
    assert (tool.action, tool.paths, tool.target) == ("edit", ("a.py", "b.py"), "a.py, b.py")


def test_a_command_that_only_prints_a_patch_is_none() -> None:
    tool = tool_call("id", "exec_command", "cat", {"cmd": f"cat <<'EOF'\n{PATCH}\nEOF"})
    assert (tool.action, tool.target) == ("shell", "cat")


@given(st.text(max_size=20) | st.sampled_from(["Read", "apply_patch", "Write"]), st.text(max_size=400), ANYTHING)
def test_whatever_a_call_holds_it_is_described_in_bounds(name: str, target: str, arguments: object) -> None:
    tool = tool_call("id", name, target, arguments)
    assert len(tool.target) <= 160
    assert "\n" not in tool.target
    assert all(isinstance(path, str) and path for path in tool.paths)
    assert len(tool.paths) <= 20
