"""What following idle sessions costs: CPU, memory, wake-ups and requests; and how long mirroring them first took."""

from __future__ import annotations

import argparse
import time

from common import cost_of, following, heading, machine, table


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sessions", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--s3", action="store_true", help="to the S3 server of the test suite, not to a folder")
    asked = options.parse_args()
    with machine(s3=asked.s3) as (made, destination):
        made.sessions(asked.sessions)
        begun = time.monotonic()
        with following(made, destination) as process:
            first = process.until(lambda told: told["session_count"] == asked.sessions and not told["behind_count"])
            first_s = time.monotonic() - begun
            first_cpu_s = cost_of(process.process.pid).cpu_s
        with following(made, destination) as process:
            process.until(lambda told: told["session_count"] == asked.sessions and not told["behind_count"])
            time.sleep(5)
            requests = process.told()["requests"]
            before = cost_of(process.process.pid)
            time.sleep(asked.seconds)
            after = cost_of(process.process.pid)
            requests = process.told()["requests"] - requests
    print(heading(f"Following {asked.sessions} idle sessions, {'S3' if asked.s3 else 'a local folder'}"))
    row = (
        f"{first_s:.1f} s ({first_cpu_s:.1f} s CPU, {first['requests']} requests)",
        f"{100 * (after.cpu_s - before.cpu_s) / asked.seconds:.2f} %",
        f"{after.rss_bytes / 1e6:.0f} MB",
        f"{(after.wakeups - before.wakeups) / asked.seconds:.0f}",
        str(requests),
    )
    print(table(("first mirroring", "CPU of a core", "RSS", "wake-ups/s", "requests"), [row]))


if __name__ == "__main__":
    main()
