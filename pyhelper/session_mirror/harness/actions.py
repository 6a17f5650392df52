"""What tools do, whatever their agents call them: from a call's name and arguments to an action and the files it is on.

Names are those seen in the transcripts of the agents that are read here; one that isn't known is `other`, and shown
with its arguments as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from session_mirror.harness.json_values import as_list, as_object, as_text, displayable, one_line
from session_mirror.protocol.replay import ToolAction, ToolCall

_NAMES: Final[Mapping[ToolAction, str]] = {
    "shell": "bash bashoutput exec exec_command execute_code execute_command killbash killshell local_shell process"
    " run_shell_command run_terminal_cmd shell shell_command taskoutput terminal unified_exec write_stdin",
    "read": "notebookread read read_file read_many_files view view_file view_image vision_analyze",
    "edit": "apply_patch edit edit_file multiedit notebookedit patch replace str_replace str_replace_editor",
    "write": "create_file write write_file",
    "search": "codebase_search file_search find glob glob_file_search grep grep_search list_dir list_directory ls"
    " search search_file_content search_files session_search toolsearch tool_search",
    "todo": "manage_todo_list taskcreate taskget tasklist taskupdate todo todoread todowrite update_plan write_todos",
    "plan": "enterplanmode enter_plan_mode exitplanmode exit_plan_mode",
    "fetch": "browser_navigate fetch web_extract web_fetch webfetch",
    "webSearch": "google_web_search web_search websearch",
    "agent": "agent delegate_task sessions_spawn spawn_agent task",
    "ask": "ask_user askuserquestion clarify request_user_input",
    "image": "image_gen image_generate image_generation",
}
_ACTIONS: Final[Mapping[str, ToolAction]] = {
    name: action for action, names in _NAMES.items() for name in names.split(" ")
}
TARGET_LENGTH: Final = 160
_PATH_KEYS: Final = ("file_path", "path", "notebook_path", "absolute_path", "filePath", "target_file", "filename")
_ON_FILES: Final = frozenset({"read", "edit", "write"})
_IN_PATCH: Final = re.compile(r"^\*\*\* (?:Add|Update|Delete) File: (.+?)\s*$", re.MULTILINE)
_PATCHING: Final = re.compile(r"(?:^|&&|;)\s*apply_patch\b", re.MULTILINE)
_MOST_PATHS: Final = 20
_PATH_LENGTH: Final = 1024


def tool_call(call_id: str, name: str, target: str = "", arguments: object = None) -> ToolCall:
    """A call, or the call that a result answers, as far as it is known; all of it may hold anything."""
    action = action_of(name)
    patch = _patch_of_command(arguments) if action == "shell" else ""
    if patch:
        action, arguments, target = "edit", patch, ""
    paths = paths_of(action, arguments)
    return ToolCall(
        call_id=displayable(call_id),
        name=displayable(name),
        target=one_line(target if target.strip() else ", ".join(paths), TARGET_LENGTH),
        action=action,
        paths=paths,
    )


def action_of(name: str) -> ToolAction:
    """What the tool of this name does."""
    return _ACTIONS.get(name.lower(), "other")


def paths_of(action: ToolAction, arguments: object) -> tuple[str, ...]:
    """The files that a call reads or writes, by its arguments: an object, or a patch as text; each once."""
    if action not in _ON_FILES:
        return ()
    found = dict.fromkeys(path for path in _paths_in(arguments) if 0 < len(path) <= _PATH_LENGTH)
    return tuple(displayable(path) for path in list(found)[:_MOST_PATHS])


def _patch_of_command(arguments: object) -> str:
    """The patch that a command applies: agents without a tool of its own for it do it that way. Empty without one."""
    fields = as_object(arguments)
    for key in ("cmd", "command"):
        words = fields.get(key)
        command = "\n".join(as_text(word) for word in words) if isinstance(words, list) else as_text(words)
        head, mark, _ = command.partition("*** Begin Patch")
        if mark and _PATCHING.search(head):
            return command
    return ""


def _paths_in(arguments: object) -> Iterator[str]:
    if isinstance(arguments, str):
        yield from _IN_PATCH.findall(arguments)
        return
    fields = as_object(arguments)
    named = next((as_text(fields[key]) for key in _PATH_KEYS if as_text(fields.get(key))), "")
    if named:
        yield named
    yield from (as_text(path) for path in as_list(fields.get("paths")))
    for key in ("input", "patch"):
        if isinstance(fields.get(key), str):
            yield from _IN_PATCH.findall(as_text(fields[key]))
