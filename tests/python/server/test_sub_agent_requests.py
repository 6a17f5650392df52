"""Sub-agents and long tool output over the wire: rows that name their parent, one wish for all, output in pages."""

import json
from pathlib import Path

import pytest

from support.following import until
from support.helper_home import HARNESS, KEY, SESSION, HelperHome, durable
from support.lsp_client import LspClient, RpcError

AGENT = f"{SESSION}~agent-a1b2c3"
AGENT_KEY = {"harness": HARNESS, "sessionId": AGENT}
OUTPUT = "all of it, and a key " + "AKIA" + "Q" * 16 + "\n"


def beside(home: HelperHome, *names: str) -> Path:
    path = home.transcript().with_suffix("").joinpath(*names)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def begin_sub_agent(home: HelperHome, text: str) -> bytes:
    """The agent begins another one, or that one goes on."""
    record = {**json.loads(home.line(text)), "isSidechain": True, "agentId": "a1b2c3"}
    line = json.dumps(record).encode() + b"\n"
    path = beside(home, "subagents", "agent-a1b2c3.jsonl")
    path.with_suffix(".meta.json").write_text('{"agentType": "Explore", "description": "find the tests"}')
    with path.open("ab") as file:
        file.write(line)
    return line


def spill(home: HelperHome) -> None:
    """A tool's output is too long for the transcript, which names its file."""
    path = beside(home, "tool-results", "toolu_1.txt")
    path.write_text(OUTPUT * 20_000)
    stub = f"<persisted-output>\nFull output saved to: {path}\n\nPreview:\nall of it\n</persisted-output>"
    block = {"type": "tool_result", "tool_use_id": "toolu_1", "content": stub}
    record = json.loads(home.line("x")) | {"message": {"role": "user", "content": [block]}}
    with home.transcript().open("ab") as file:
        file.write(json.dumps(record).encode() + b"\n")


def whole(client: LspClient, replay_id: str, name: str) -> str:
    text, total = "", 1
    while len(text) < total:
        params = {"replayId": replay_id, "name": name, "offset": len(text)}
        page = client.request("sessionMirror/replay/attachment", params)
        assert page["value"]
        text, total = text + page["value"], page["totalChars"]
    return text


def states(client: LspClient) -> dict[str, str]:
    listed = client.request("sessionMirror/sessions/list", {"scope": "workspace"})
    return {row["sessionId"]: row["state"] for row in listed["sessions"]}


@pytest.mark.parametrize("origin", ["disk", "bucket"])
def test_all_of_a_long_output_is_read_by_the_name_that_its_event_gives(home: HelperHome, origin: str) -> None:
    home.write("run it")
    spill(home)
    client = home.start()
    home.configure(client)
    durable(client, home.transcript().stat().st_size)
    stored = home.mirror / f"sessions/{HARNESS}/{SESSION}/tool-results/toolu_1.txt"
    until(stored.exists, "the output, mirrored too")
    opened = client.request("sessionMirror/replay/open", {**KEY, "origin": origin})
    window = client.request("sessionMirror/replay/window", {"replayId": opened["replayId"], "start": 0, "count": 9})
    (name,) = [event["attachment"] for record in window["records"] for event in record["events"] if event["attachment"]]
    assert name == "toolu_1.txt"
    redacted = OUTPUT.replace("AKIA" + "Q" * 16, "[REDACTED:aws_access_key]")
    assert whole(client, opened["replayId"], name) == (OUTPUT if origin == "disk" else redacted) * 20_000
    with pytest.raises(RpcError, match="not kept beside the session"):
        whole(client, opened["replayId"], f"../{SESSION}.jsonl")


def test_stopping_a_session_stops_its_sub_agent_and_resuming_that_resumes_both(home: HelperHome) -> None:
    home.write("first")
    first = begin_sub_agent(home, "find the tests")
    client = home.start()
    home.configure(client)
    row = durable(client, len(first), AGENT)
    assert (row["parentId"], row["agent"]) == (SESSION, "Explore: find the tests")
    client.request("sessionMirror/sessions/stop", KEY)
    until(lambda: states(client) == {SESSION: "stopped", AGENT: "stopped"}, "both stopped")
    second = begin_sub_agent(home, "and the others")
    client.request("sessionMirror/sessions/resume", AGENT_KEY)
    durable(client, len(first + second), AGENT)
    until(lambda: "stopped" not in states(client).values(), "both resumed")


def test_compacting_a_session_leaves_its_sub_agents_parts_as_they_are(home: HelperHome) -> None:
    client = home.start()
    home.configure(client, autoCompact=False)
    size = 0
    for number in range(3):
        home.write(f"prompt {number}")
        size += len(begin_sub_agent(home, f"task {number}"))
        durable(client, size, AGENT)
    before = home.part_count(AGENT)
    client.request("sessionMirror/sessions/compact", KEY)
    assert (home.part_count(), home.part_count(AGENT)) == (1, before)
