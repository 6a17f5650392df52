"""How long an appended line takes to become a durable object: alone after quiet, and in a busy session.

A line is durable when its part is acknowledged by the store; the following process tells so, and is asked every 5 ms.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median, quantiles

from common import Following, following, heading, machine, table

_SESSION = "lag"
_LINE = b'{"type":"system","content":"' + b"x" * 200 + b'"}\n'
_ASK_S = 0.005
_LIMIT_S = 60.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--appends", type=int, default=40, help="isolated ones")
    options.add_argument("--busy-seconds", type=float, default=30.0)
    options.add_argument("--every-ms", type=float, default=20.0, help="between the appends of a busy session")
    options.add_argument("--interval", type=float, default=5.0)
    asked = options.parse_args()
    rows = []
    for s3 in (False, True):
        name = "S3" if s3 else "local folder"
        with machine(s3=s3) as (made, destination):
            path = made.session(_SESSION)
            with following(made, destination, interval_s=asked.interval) as process:
                process.until(lambda told: told["session_count"] == 1 and not told["behind_count"])
                alone = [isolated(process, path, asked.interval) for _ in range(asked.appends)]
                rows.append((name, "isolated", *summary(alone)))
                busy, requests = busy_lags(process, path, asked.busy_seconds, asked.every_ms / 1000)
                rows.append((name, "busy", *summary(busy)[:-1], f"{requests}"))
    print(heading(f"Lag from append to durable object; at most one flush per {asked.interval:g} s and session"))
    print(table(("store", "appends", "count", "p50", "p99", "largest", "requests"), rows))


def isolated(process: Following, path: Path, interval_s: float) -> float:
    """One append after more than an interval of quiet; its lag in seconds."""
    time.sleep(interval_s + 0.3)
    append(path)
    begun = time.monotonic()
    wait_for(process, path.stat().st_size)
    return time.monotonic() - begun


def busy_lags(process: Following, path: Path, seconds: float, every_s: float) -> tuple[list[float], int]:
    """The lag of every append while they follow one another quickly, and the requests of that time."""
    requests = process.told()["requests"]
    waiting: list[tuple[int, float]] = []
    lags: list[float] = []
    begun = time.monotonic()
    next_at = begun
    while waiting or time.monotonic() - begun < seconds:
        now = time.monotonic()
        if now - begun < seconds and now >= next_at:
            append(path)
            waiting.append((path.stat().st_size, now))
            next_at += every_s
        durable = process.told()["mirrored_bytes"]
        now = time.monotonic()
        lags += [now - at for end, at in waiting if end <= durable]
        waiting = [(end, at) for end, at in waiting if end > durable]
        time.sleep(max(0.0, min(_ASK_S, next_at - now)))
    return lags, process.told()["requests"] - requests


def wait_for(process: Following, size: int) -> None:
    deadline = time.monotonic() + _LIMIT_S
    while process.told()["mirrored_bytes"] < size:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not durable within {_LIMIT_S:g} s")
        time.sleep(_ASK_S)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(_LINE)


def summary(lags: list[float]) -> tuple[str, str, str, str, str]:
    cuts = quantiles(lags, n=100, method="inclusive")
    return str(len(lags)), _ms(median(lags)), _ms(cuts[98]), _ms(max(lags)), "-"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


if __name__ == "__main__":
    main()
