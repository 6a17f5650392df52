"""Search: finds what stands in the texts, all of it, once, in pieces, and whatever the expression is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.base import ReadRecord
from session_mirror.harness.own_words import OWN_WORDS
from session_mirror.harness.registry import REGISTRY
from session_mirror.protocol.search import ReplayFilter, ReplaySearchParams, ReplaySearchResult, SearchHit, SearchPlace
from session_mirror.replay import lines as lines_module
from session_mirror.replay import passages, regex_child, regex_search
from session_mirror.replay import search as search_module
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.regex_search import RegexError, RegexSearch
from session_mirror.replay.session import Replay
from session_mirror.replay.sieve import Sieve
from support.line_harness import LineHarness, line_of
from support.scenes import CWD, MOVED, SCENES, at_home, stream_lines

BEGIN = SearchPlace(index=0)
letters = st.sampled_from(["k", "K", "s", "i", "I", "\u0130", "\u0131", "\u017f", "\u212a", "a", "B", "é", "É", "ß"])
others = st.sampled_from([" ", "\n", '"', "\\", "/", "\t", "\x1b", "0", "7", "日", "本", "\U0001f642", "\ufffd", "-"])
words = st.text(letters | others, max_size=12) | st.sampled_from(["tokens before", "the kiss", "日本語", "SKI lift"])


class JsonLines(LineHarness):
    """Says of every text that it is JSON."""

    def read_record(self, line: bytes) -> ReadRecord:
        record = super().read_record(line)
        return attrs.evolve(record, events=tuple(attrs.evolve(each, format="json") for each in record.events))


def open_replay(path: Path, *lines: bytes) -> Replay:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return Replay("r1", DiskSource(path), LineHarness())


def asked(query: str, start: SearchPlace = BEGIN, **more: object) -> ReplaySearchParams:
    return ReplaySearchParams(replay_id="r1", query=query, start=start, **more)  # type: ignore[arg-type]


def all_hits(
    replay: Replay, query: str, *, most_hits: int = 500, budget_s: float = 9.0, **more: object
) -> list[SearchHit]:
    hits: list[SearchHit] = []
    place = BEGIN
    while True:
        result = search_module.search(
            replay.contents(), asked(query, place, **more), most_hits=most_hits, budget_s=budget_s
        )
        assert result.problem is None
        assert len(result.hits) <= most_hits
        hits += result.hits
        if result.is_complete:
            return hits
        assert result.next != place, "a search that is asked on gets on"
        place = result.next


def texts_at(replay: Replay, hits: list[SearchHit]) -> list[str]:
    return [
        replay.text(hit.index, hit.field, 0).value[hit.start : hit.start + hit.length]  # short texts only
        for hit in hits
    ]


def spelled(text: str, spelling: int) -> bytes:
    """JSON of a text in one of the ways that writers spell it."""
    if spelling == 0:
        return json.dumps(text).encode()
    if spelling == 1:
        return json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")
    units = text.encode("utf-16-be", "surrogatepass")
    form = "\\u%04x" if spelling == 2 else "\\u%04X"
    return ('"' + "".join(form % (units[at] << 8 | units[at + 1]) for at in range(0, len(units), 2)) + '"').encode()


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(words, st.integers(0, 3)), max_size=5), words, st.booleans())
def test_the_sieve_never_leaves_out_a_line_with_a_hit(
    written: list[tuple[str, int]], query: str, match_case: bool
) -> None:
    lines = [b'{"texts":[' + spelled(text, spelling) + b"]}" for text, spelling in written]
    body = b"\n".join(lines)
    passing = set(Sieve(query, match_case=match_case).lines([len(line) for line in lines], body))
    pattern = re.compile(re.escape(query), 0 if match_case else re.IGNORECASE)
    having = {number for number, (text, _) in enumerate(written) if pattern.search(text)}
    assert having <= passing


def test_the_sieve_leaves_out_lines_without_the_word() -> None:
    lines = [line_of("nothing here"), line_of("a needle"), line_of("日本")]
    body, lengths = b"\n".join(lines), [len(line) for line in lines]
    assert list(Sieve("NEEDLE", match_case=False).lines(lengths, body)) == [1]
    assert list(Sieve("語", match_case=False).lines(lengths, body)) == [2], "it is escaped, and may be anything"


@pytest.mark.parametrize("name", REGISTRY)
def test_all_words_of_texts_are_in_their_lines_or_known_as_ours(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0
    for scene, write in SCENES[name].items():
        home = tmp_path / scene
        write(home)
        harness = at_home(name, home, monkeypatch)
        for session in harness.discover([Path(CWD), Path(MOVED)]):
            for line in stream_lines(session.path):
                lower = line.lower()
                for event in harness.read_record(line).events:
                    found = {word.lower() for word in re.findall("[A-Za-z]{2,}", event.text.value)}
                    unknown = {word for word in found if word.encode() not in lower} - OWN_WORDS
                    looked_at += 1
                    assert not unknown or b"\\u00" in line
    assert looked_at


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(words, max_size=3), max_size=6), words.filter(bool), st.booleans(), st.integers(1, 4))
def test_every_hit_is_found_once_in_order_however_few_are_asked_for(
    tmp_path: Path, some: list[list[str]], query: str, match_case: bool, most_hits: int
) -> None:
    replay = open_replay(tmp_path / "s.jsonl", *(line_of(*texts) for texts in some))
    pattern = re.compile(re.escape(query), 0 if match_case else re.IGNORECASE)
    expected = [
        SearchHit(index=index, field=field, start=match.start(), length=match.end() - match.start())
        for index, texts in enumerate(some)
        for field, text in enumerate(texts)
        for match in pattern.finditer(text)
    ]
    assert all_hits(replay, query, most_hits=most_hits, match_case=match_case) == expected
    assert all_hits(replay, query, budget_s=0.0, match_case=match_case) == expected, "and however short the time is"


def test_long_texts_are_searched_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passages, "PIECE_CHARS", 10)
    monkeypatch.setattr(passages, "OVERLAP_CHARS", 8)
    text = "ab" * 30 + "é" + "abc abc" * 9
    replay = open_replay(tmp_path / "s.jsonl", line_of(text))
    for query in ("abc", "ABA", "b", "é"):
        starts = [match.start() for match in re.finditer(query, text, re.IGNORECASE)]
        assert [hit.start for hit in all_hits(replay, query)] == starts
    before_bc = [match.start() for match in re.finditer("abc", text)]
    assert [hit.start for hit in all_hits(replay, "a(?=bc)", is_regex=True)] == before_bc
    assert [hit.start for hit in all_hits(replay, r"^ab|(?<=b)é", is_regex=True)] == [0, 60]


def test_lines_that_are_too_long_to_be_parsed_are_searched_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = line_of("x" * 500 + " needle")
    monkeypatch.setattr(lines_module, "LONG_LINE_BYTES", 300)
    monkeypatch.setattr(passages, "LONG_LINE_BYTES", 300)
    replay = open_replay(tmp_path / "s.jsonl", line_of("a needle"), long, line_of("needle"))
    hits = all_hits(replay, "needle")
    assert [hit.index for hit in hits] == [0, 1, 2]
    assert texts_at(replay, hits) == ["needle"] * 3


def test_quotes_in_a_tools_input_are_found_as_they_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(line_of(json.dumps({"command": 'echo "hi" C:\\new'})) + b"\n")
    replay = Replay("r1", DiskSource(path), JsonLines())
    assert len(all_hits(replay, 'echo "hi"')) == len(all_hits(replay, "C:\\new")) == 1


def test_only_what_is_shown_is_searched(tmp_path: Path) -> None:
    replay = open_replay(
        tmp_path / "s.jsonl", line_of("needle", tool="Bash"), line_of("needle", tool="Read"), line_of("needle")
    )
    replay.analyse()
    hits = all_hits(replay, "needle", filter=ReplayFilter(tools=("Read",)))
    assert [hit.index for hit in hits] == [1]


def test_rearranged_lines_are_found_where_they_are_shown_and_folded_ones_nowhere(tmp_path: Path) -> None:
    replay = open_replay(
        tmp_path / "s.jsonl",
        line_of("late needle", id="b", parent="a"),
        line_of("needle", id="a"),
        line_of("needle again", id="a"),
    )
    replay.analyse()
    assert replay.contents().places.arrangement != Arrangement()
    shown = [
        record.index
        for record in replay.window(0, 9).records
        if any("needle" in event.text.value for event in record.events)
    ]
    assert sorted(hit.index for hit in all_hits(replay, "needle")) == shown
    assert len(shown) == 2


def test_a_search_goes_on_where_it_ended_when_the_session_grew(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    replay = open_replay(path, line_of("one needle"))
    first = search_module.search(replay.contents(), asked("needle"))
    assert (len(first.hits), first.is_complete) == (1, True)
    with path.open("ab") as file:
        file.write(line_of("another needle") + b"\n")
    replay.poll()
    second = search_module.search(replay.contents(), asked("needle", first.next))
    assert ([hit.index for hit in second.hits], second.is_complete) == ([1], True)


def test_a_session_that_grows_is_searched_meanwhile_without_losing_a_hit(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    replay = open_replay(path, line_of("needle"))
    count = 200

    def grow() -> None:
        for number in range(1, count):
            with path.open("ab") as file:
                file.write(line_of(f"needle {number}") + b"\n")
            replay.poll()

    writer = threading.Thread(target=grow)
    writer.start()
    indices: list[int] = []
    place, until = BEGIN, time.monotonic() + 30
    while len(indices) < count and time.monotonic() < until:
        result = search_module.search(replay.contents(), asked("needle", place))
        indices += [hit.index for hit in result.hits]
        place = result.next
    writer.join()
    assert indices == list(range(count))


def test_expressions_find_what_pythons_do(tmp_path: Path) -> None:
    replay = open_replay(tmp_path / "s.jsonl", line_of("Error 404\nerror 500", "error 7"))
    assert [(hit.field, hit.start, hit.length) for hit in all_hits(replay, r"^error \d{3}$", is_regex=True)] == [
        (0, 0, 9),
        (0, 10, 9),
    ]
    assert [hit.start for hit in all_hits(replay, r"^error \d+", is_regex=True, match_case=True)] == [10, 0]
    assert all_hits(replay, "x*", is_regex=True) == [], "nothing is no hit"


@pytest.mark.parametrize("wrong", ["(", "*", "(?P<a>x)(?P<a>y)", "[z-a]", "\\", "a{99999999999999999999}"])
def test_what_is_no_expression_is_told_in_words(tmp_path: Path, wrong: str) -> None:
    result = find_with(tmp_path, wrong)
    assert result.hits == ()
    assert result.problem is not None
    assert result.problem.startswith("Not a regular expression: ")
    assert result.is_complete


def find_with(tmp_path: Path, expression: str, text: str = "text") -> ReplaySearchResult:
    return search_module.search(
        open_replay(tmp_path / "s.jsonl", line_of(text)).contents(), asked(expression, is_regex=True)
    )


def test_an_expression_that_never_ends_is_killed_and_told_while_other_threads_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "RegexSearch", lambda query, **more: RegexSearch(query, answer_s=0.5, **more))
    gaps: list[float] = []
    done = threading.Event()

    def tick() -> None:
        last = time.monotonic()
        while not done.wait(0.01):
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    ticking = threading.Thread(target=tick)
    ticking.start()
    try:
        result = find_with(tmp_path, "(a+)+$", "a" * 60 + "!")
    finally:
        done.set()
        ticking.join()
    assert result.problem == regex_search.TOO_LONG
    assert max(gaps) < 0.4, "the lock that all threads share was never held for long"


@pytest.mark.parametrize("bomb", ["(?:(?:(?:x{900}){900}){900})", "(" * 400 + ")" * 400])
def test_an_expression_that_is_too_large_to_be_prepared_is_told(
    tmp_path: Path, bomb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regex_search, "START_S", 5.0)
    result = find_with(tmp_path, bomb)
    assert result.is_complete
    assert result.problem is None or result.problem == regex_search.TOO_LONG or "too large" in result.problem


def test_a_process_that_dies_over_an_expression_is_told_and_leaves_nothing_behind() -> None:
    looking = RegexSearch("x", match_case=True)
    process = looking._process
    process.kill()
    process.wait()
    with pytest.raises(RegexError, match="takes too long"):
        looking.find([passages.Passage(0, 0, "x", 0, 1, 0, is_json=False)], 9)
    looking.close()
    looking.close()
    assert process.returncode is not None


def test_a_process_whose_helper_was_killed_over_an_endless_expression_ends_by_itself() -> None:
    command = [sys.executable, "-I", "-S", regex_child.__file__]
    asked = [{"pattern": "(a+)+$", "matchCase": True}, {"texts": [["a" * 60 + "!", 0, 61]], "limit": 9}]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    try:
        # Its standard input stays open, so only its own watchdog can end it.
        process.stdin.write("".join(json.dumps(each) + "\n" for each in asked).encode())
        process.stdin.flush()
        assert process.wait(timeout=regex_child.PATIENCE_S + 30) != 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("query", ["", "x" * 1001])
def test_too_much_and_nothing_are_refused_in_words(tmp_path: Path, query: str) -> None:
    replay = open_replay(tmp_path / "s.jsonl", line_of("x"))
    result = search_module.search(replay.contents(), asked(query))
    assert (result.hits, result.is_complete, result.problem is None) == ((), True, False)
