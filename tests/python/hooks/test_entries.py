"""Other people's settings survive us: to the byte where nobody changed them, in meaning and order where they did."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.errors import MirrorError
from session_mirror.hooks.entries import MARKER, check, insert, presence, remove, update
from session_mirror.hooks.json_text import take_back

WANTED = {
    event: {"type": "command", "command": f"sh '/s/{MARKER}.sh' x", "timeout": 3}
    for event in ("SessionStart", "SessionEnd")
}
NEWER = {event: {**hook, "command": f"sh '/elsewhere/{MARKER}.sh' x"} for event, hook in WANTED.items()}

words = st.text(max_size=8) | st.sampled_from(["matcher", "\u2028", "\ud800", "hooks", "SessionEnd", "é"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
other_hooks = st.fixed_dictionaries({"type": st.just("command"), "command": words}) | values
groups = st.fixed_dictionaries({"hooks": st.lists(other_hooks, max_size=3)}, optional={"matcher": words}) | values
events = st.dictionaries(
    st.sampled_from(["SessionStart", "SessionEnd", "Stop", "PreToolUse"]), st.lists(groups, max_size=3), max_size=4
)
settings = st.dictionaries(words.filter(lambda word: word != "hooks"), values, max_size=4).flatmap(
    lambda rest: st.just(rest) | events.map(lambda hooks: {**rest, "hooks": hooks})
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Settings as people and programs write them down."""
    value = draw(settings)
    indent = draw(st.sampled_from([None, 1, 2, 4, "\t"]))
    text = json.dumps(value, indent=indent, ensure_ascii=draw(st.booleans()) or _has_surrogates(value))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    before, after = draw(st.sampled_from(["", "\n", "  "])), draw(st.sampled_from(["", "\n", "\r\n\n"]))
    return before + text + after


def _has_surrogates(value: object) -> bool:
    return "\\ud" in json.dumps(value)


def without_ours(value: dict[str, Any]) -> dict[str, Any]:
    """What a reader finds when he takes no notice of us, nor of containers that hold nothing."""
    kept = []
    for event, listed in value.get("hooks", {}).items():
        others = [
            {**group, "hooks": [hook for hook in group["hooks"] if MARKER not in json.dumps(hook)]}
            if isinstance(group, dict) and isinstance(group.get("hooks"), list)
            else group
            for group in listed
        ]
        before = [group for group in others if not (isinstance(group, dict) and group.get("hooks") == [])]
        if before:
            kept.append((event, before))
    rest = {key: item for key, item in value.items() if key != "hooks"}
    return {**rest, "hooks": dict(kept)} if kept else rest


@given(documents())
def test_what_was_inserted_can_be_taken_back_to_the_byte(text: str) -> None:
    check(text, "settings.json")
    changed, made = insert(text, WANTED)
    assert presence(text, WANTED) == "none"
    assert presence(changed, WANTED) == "current"
    assert take_back(changed, made) == text


@given(documents())
def test_others_survive_an_installation_with_their_order_and_their_bytes(text: str) -> None:
    changed, made = insert(text, WANTED)
    before, after = json.loads(text), json.loads(changed)
    assert json.dumps(without_ours(after)) == json.dumps(without_ours(before))
    assert [key for key in after if key != "hooks" or key in before] == list(before)
    assert len(changed) == len(text) + sum(insertion.length for insertion in made)
    for event, listed in before.get("hooks", {}).items():
        assert after["hooks"][event][: len(listed)] == listed


@given(documents())
def test_removing_without_knowing_how_it_was_leaves_all_that_is_not_ours(text: str) -> None:
    changed, _ = insert(text, WANTED)
    left = remove(changed)
    assert presence(left, WANTED) == "none"
    assert json.dumps(without_ours(json.loads(left))) == json.dumps(without_ours(json.loads(text)))


@given(documents())
def test_an_update_stays_in_its_place_and_touches_nobody(text: str) -> None:
    older, _ = insert(text, WANTED)
    assert presence(older, NEWER) == "outdated"
    newer = update(older, NEWER)
    assert presence(newer, NEWER) == "current"
    assert json.loads(newer) == json.loads(older.replace("/s/", "/elsewhere/"))
    assert update(newer, NEWER) == newer


def test_an_update_adds_what_is_missing_and_drops_what_is_too_much() -> None:
    hook = WANTED["SessionEnd"]
    theirs = {"type": "command", "command": "say hi"}
    old = {"hooks": {"Stop": [{"hooks": [theirs, hook]}], "SessionEnd": [{"hooks": [hook, theirs]}, {"hooks": [hook]}]}}
    new = json.loads(update(json.dumps(old, indent=2), WANTED))
    assert new["hooks"]["Stop"] == [{"hooks": [theirs]}]
    assert new["hooks"]["SessionEnd"] == [{"hooks": [theirs]}, {"hooks": [hook]}]
    assert new["hooks"]["SessionStart"] == [{"hooks": [WANTED["SessionStart"]]}]


def test_ours_is_written_as_the_file_is_written() -> None:
    text = '{\r\n\t"model": "opus"\r\n}\r\n'
    changed, _ = insert(text, {"SessionEnd": {"type": "command"}})
    assert changed.startswith(
        '{\r\n\t"model": "opus",\r\n\t"hooks": {\r\n\t\t"SessionEnd": [\r\n\t\t\t{\r\n\t\t\t\t"hooks": ['
    )
    assert changed.endswith("\t}\r\n}\r\n")
    assert insert('{"a": 1}', {"Stop": {}})[0] == '{"a": 1, "hooks": {"Stop": [{"hooks": [{}]}]}}'


@pytest.mark.parametrize(
    "text", ["{", "// mine\n{}", '{"a": 1,}', "[]", "null", '{"hooks": []}', '{"hooks": {"Stop": {}}}', "[" * 100_000]
)
def test_what_cannot_be_understood_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(MirrorError) as refused:
        check(text, "settings.json")
    assert refused.value.hint
