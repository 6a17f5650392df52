"""What the simulated agent does: eight turns on a small project about tides, with everything a replay can show."""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_uppercase, digits
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from support.transcripts import Transcript

SOURCE: Final = '''def next_high_tide(hours_since_last: float) -> float:
    """Hours until the next high tide."""
    return max(0.0, 12.42 - hours_since_last)
'''
FIXED: Final = '''PERIOD_HOURS = 12.42


def next_high_tide(hours_since_last: float) -> float:
    """Hours until the next high tide, however long ago the last one was."""
    return PERIOD_HOURS - hours_since_last % PERIOD_HOURS
'''
TEST: Final = """from tides import next_high_tide


def test_the_tide_repeats():
    assert 11.8 < next_high_tide(13) < 11.9
"""


def numbered(text: str) -> str:
    """A file as the agent's reading tool shows it."""
    return "\n".join(f"{number:6}\t{line}" for number, line in enumerate(text.splitlines(), 1))


def todos(*items: tuple[str, str]) -> list[dict[str, str]]:
    """The agent's own list, as pairs of text and status."""
    return [{"content": text, "status": status, "activeForm": text} for text, status in items]


def understand(t: Transcript, _: int) -> None:
    """The first turn: the question, a look around, an answer."""
    t.metadata("permission-mode", permissionMode="default")
    t.prompt(
        "<ide_opened_file>The user opened tides.py in the editor.</ide_opened_file>\n"
        "next_high_tide returns 0.0 for everything beyond 12 hours. Why, and what should it return?"
    )
    t.thinking("`max(0.0, ...)` clamps everything after one period. A tide repeats, so this wants a modulo.")
    t.result(t.call("Read", file_path=f"{t.cwd}/tides.py"), numbered(SOURCE))
    t.result(
        t.call("Grep", pattern="next_high_tide", path=t.cwd, output_mode="content"), "tides.py:1:def next_high_tide"
    )
    t.reply(
        "The function subtracts once and then **clamps at zero**, so it only works within the first period.\n\n"
        "A tide repeats every 12.42 hours, so the remainder is what counts:\n\n"
        "```python\nreturn PERIOD_HOURS - hours_since_last % PERIOD_HOURS\n```\n\n"
        "| hours since last | now | should be |\n| --- | --- | --- |\n| 1 | 11.42 | 11.42 |\n| 13 | **0.00** | 11.84 |"
    )
    t.metadata("ai-title", aiTitle="Fix the tide table beyond one period")


def repair(t: Transcript, turn: int) -> None:
    """Plans, edits, and keeps a list."""
    t.prompt("Yes, do that. Add a test as well.")
    t.result(
        t.call("TodoWrite", todos=todos(("Use the remainder", "in_progress"), ("Add a test", "pending"))), "Saved."
    )
    t.result(
        t.call(
            "Edit",
            file_path=f"{t.cwd}/tides.py",
            old_string="    return max(0.0, 12.42 - hours_since_last)",
            new_string="    return PERIOD_HOURS - hours_since_last % PERIOD_HOURS",
        ),
        f"The file {t.cwd}/tides.py has been updated.",
        tool_use_result={"filePath": f"{t.cwd}/tides.py", "structuredPatch": [{"oldStart": 3, "newStart": 6}]},
    )
    t.result(t.call("Write", file_path=f"{t.cwd}/test_tides_{turn}.py", content=TEST), "File created.")
    t.result(
        t.call("TodoWrite", todos=todos(("Use the remainder", "completed"), ("Add a test", "completed"))), "Saved."
    )
    t.reply("Done: the remainder instead of the clamp, and one test. I'll run it next.")


def fail(t: Transcript, _: int) -> None:
    """A command fails, and the agent finds out why."""
    t.prompt("Run the tests.")
    t.result(
        t.call("Bash", command="python -m pytest -q", description="Run the tests"),
        "E   NameError: name 'PERIOD_HOURS' is not defined\n1 failed in 0.03s",
        is_error=True,
    )
    t.thinking("I replaced the line, but never defined the constant. It belongs above the function.")
    t.result(t.call("Write", file_path=f"{t.cwd}/tides.py", content=FIXED), "File updated.")
    t.result(t.call("Bash", command="python -m pytest -q", description="Run the tests again"), "1 passed in 0.02s")
    t.reply("The constant was missing; it is defined at the top now, and the test passes.")


def leak(t: Transcript, _: int) -> None:
    """Something secret is printed: it must never reach a bucket."""
    t.prompt("Which credentials does the upload script use?")
    # Made up at run time, in the shape of a real one.
    key = "AKIA" + "".join(t.random.choices(ascii_uppercase + digits, k=16))
    output = f"AWS_REGION=eu-north-1\nAWS_ACCESS_KEY_ID={key}\nTIDES_BUCKET=tides"
    t.result(t.call("Bash", command="cat .env", description="Show the environment file"), output)
    t.reply("It reads an access key from `.env`. I won't repeat it here, and suggest a *profile* instead.")


def delegate(t: Transcript, _: int) -> None:
    """A sub-agent searches, and a page is fetched."""
    t.command("review", "tides.py")
    task = "Look for other places that assume a single tidal period.\n\nReport file and line only."
    t.result(
        t.call("Task", description="Find single-period assumptions", subagent_type="explore", prompt=task),
        [{"type": "text", "text": "chart.py:14: `range(0, 12)`\nREADME.md:8: example with 3 hours"}],
    )
    t.result(t.call("WebFetch", url="https://example.org/tides", prompt="How long is the period?"), "12 h 25.2 min")
    t.reply(
        "Two places:\n\n1. `chart.py:14` draws twelve hours only.\n"
        "2. `README.md:8` is fine.\n\n> The period is 12 h 25 min."
    )


def interrupted(t: Transcript, _: int) -> None:
    """The service is busy, the user adds something, and breaks off."""
    t.prompt("Make the chart cover three days.")
    t.assistant(
        {"type": "text", "text": "API Error: 529 the service is overloaded"}, isApiErrorMessage=True, error="overloaded"
    )
    t.system("api_error", level="error", error={"status": 529, "message": "Overloaded"})
    t.attachment("queued_command", prompt="And label the axis in hours.", commandMode="prompt")
    t.call("Bash", command="python chart.py --days 3", description="Draw the chart")
    t.prompt("[Request interrupted by user for tool use]")


def explain(t: Transcript, turn: int) -> None:
    """A long answer with code, a list and a diff."""
    t.prompt(f"Explain the change for the release notes, version 0.{turn}.")
    t.thinking("Short, for users, not for programmers; then the diff for those who want it.")
    hours = [f"{3 + hour * 12.42:6.2f} h   {t.random.uniform(1.8, 2.6):.2f} m" for hour in range(40)]
    t.result(t.call("Bash", command="python tides.py --table 40", description="Print a table"), "\n".join(hours))
    t.reply(
        "### Release notes\n\n- **Tide times beyond twelve hours are right now.** They used to be zero.\n"
        "- The chart is unchanged.\n\n```diff\n-    return max(0.0, 12.42 - hours_since_last)\n"
        "+    return PERIOD_HOURS - hours_since_last % PERIOD_HOURS\n```\n\nNothing to migrate."
    )
    t.system("turn_duration", durationMs=8400 + turn)


def compact(t: Transcript, _: int) -> None:
    """The context is full; the agent sums up and goes on."""
    t.compaction("The tide function now uses the remainder of the period; a test covers it. Open: the chart's range.")
    t.prompt("What is left to do?")
    t.result(t.call("Glob", pattern="**/*.py"), "tides.py\nchart.py")
    t.reply("Only `chart.py`: it should draw **three days** and label the axis in hours.")
    t.metadata("last-prompt", lastPrompt="What is left to do?")


TURNS: Final[tuple[Callable[[Transcript, int], None], ...]] = (
    understand,
    repair,
    fail,
    leak,
    delegate,
    interrupted,
    explain,
    compact,
)
