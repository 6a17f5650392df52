"""Catching up with one large transcript, redaction on: ours against tracecraft's, on the same server, in one run.

    .venv/bin/python benchmarks/catch_up.py --megabytes 1000

tracecraft comes from PyPI into an environment of its own. Each tool runs three times in turn; the best counts.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import attrs
import click
from common import Machine, machine

TRACECRAFT = "tracecraft-ai==0.2.5"
_ROUNDS = 3
_WORDS = ("the", "task", "function", "returns", "error", "disk-usage", "of", "handler", "skip", "Bear", "x = 1;")


@attrs.frozen
class Run:
    """One run of one tool. `peak_mb`: its largest resident size."""

    seconds: float
    peak_mb: float


def write_transcript(made: Machine, session_id: str, size: int) -> Path:
    """A session of about that many bytes: short and long lines as an agent writes them."""
    path = made.session(session_id)
    chance = random.Random(1)  # noqa: S311  a transcript, no secret
    record = json.loads(path.read_text().splitlines()[-1])
    with path.open("a", encoding="utf-8") as file:
        while file.tell() < size:
            text = " ".join(chance.choices(_WORDS, k=int(chance.paretovariate(1.1) * 60) % 20_000))
            record["message"] = {"role": "assistant", "content": [{"type": "text", "text": text}]}
            file.write(json.dumps(record) + "\n")
    return path


def timed(command: list[str], made: Machine, extra: dict[str, str]) -> Run:
    """Runs a command to its end in a process of its own."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=made.workspace, env={**made.environment, **extra}, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise click.ClickException(f"{command[0]} exited with {process.returncode}")
    return Run(time.perf_counter() - began, usage.ru_maxrss / 1024)


def ours(made: Machine, destination: str, number: int) -> Run:
    state = {"SESSION_MIRROR_STATE_DIR": str(made.root / f"state-{number}")}
    command = [sys.executable, "-m", "session_mirror", "mirror", "--destination", f"{destination}-{number}"]
    return timed(command, made, state)


def theirs(program: Path, made: Machine, bucket: str, number: int) -> Run:
    keys = ["--access-key", made.env["AWS_ACCESS_KEY_ID"], "--secret-key", made.env["AWS_SECRET_ACCESS_KEY"]]
    place = ["--endpoint", made.env["AWS_ENDPOINT_URL_S3"], "--bucket", bucket, "--project", f"theirs-{number}"]
    home = made.root / f"home-{number}"  # it keeps its cursor there, and looks for transcripts there only
    home.mkdir()
    (home / ".claude").symlink_to(made.root / "claude")
    timed([str(program), "init", *place, *keys, "--agent", "benchmark"], made, {"HOME": str(home)})
    return timed([str(program), "session", "mirror", "--harness", "claude-code"], made, {"HOME": str(home)})


def tracecraft(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", TRACECRAFT], check=True)
    return folder / "bin" / "tracecraft"


@click.command()
@click.option("--megabytes", type=int, default=1000, show_default=True)
@click.option("--tracecraft", "program", type=click.Path(path_type=Path), help="An installed one, instead of PyPI's.")
def main(*, megabytes: int, program: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder, machine(s3=True) as (made, destination):
        program = program or tracecraft(Path(folder))
        size = write_transcript(made, "s00001", megabytes * 1_000_000).stat().st_size
        bucket = destination.removeprefix("s3://").split("/")[0]
        runs: dict[str, list[Run]] = {"Session Mirror": [], "tracecraft": []}
        for number in range(_ROUNDS):
            runs["Session Mirror"].append(ours(made, destination, number))
            runs["tracecraft"].append(theirs(program, made, bucket, number))
        click.echo(f"{size / 1e6:.0f} MB, redaction on, {os.cpu_count()} cores, best of {_ROUNDS}")
        best = {name: min(done, key=lambda run: run.seconds) for name, done in runs.items()}
        for name, run in best.items():
            speed = size / 1e6 / run.seconds
            click.echo(f"{name:15} {run.seconds:7.1f} s  {speed:6.0f} MB/s  {run.peak_mb:6.0f} MB peak")
        click.echo(f"ratio           {best['tracecraft'].seconds / best['Session Mirror'].seconds:7.2f}")


if __name__ == "__main__":
    main()
