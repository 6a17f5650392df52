"""A kill loop: agents write, followers are killed again and again, the network fails; then every byte is compared.

python tests/soak/soak.py --minutes 10

Linux only: processes are looked at through `/proc`. Exits with 1 when a byte differs or a process is left over.
"""

from __future__ import annotations

import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import attrs
import click

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "pyhelper"), str(ROOT / "tests" / "python")]

from crew import Camp, Crew  # noqa: E402  found by the lines above
from judge import Verdict, generations, is_mirrored, judge  # noqa: E402
from session_mirror.bucket.destination import open_store  # noqa: E402
from session_mirror.bucket.store import Store  # noqa: E402
from support.servers import ministack  # noqa: E402
from support.tcp_proxy import TcpProxy, Toxic, http_reply, seeded, tcp_proxy  # noqa: E402
from writers import Writer  # noqa: E402

PROJECT = "soak"
_LOOK_S = 0.5
FOLLOWERS = 2
CATCH_UP_S = 180.0
_RSS_LIMIT_MB = 200
_FILES_LIMIT = 160
_RSS_GROWTH_MB = 16
_FILES_GROWTH = 8
_WARM_AFTER_S = 15.0
"""Until then a follower imports, connects and takes locks; growth is what comes after."""
TOXICS = (
    Toxic("cut request", after=0),
    Toxic("cut request", after=900),
    Toxic("lose answer"),
    Toxic("lose answer"),
    Toxic("cut answer", after=40),
    Toxic("pass", delay_s=1.0),
    Toxic("pass", delay_s=3.0),
    Toxic("reply", reply=http_reply("503 Slow Down", "SlowDown", retry_after="1")),
    Toxic("reply", reply=http_reply("500 Internal Server Error", "InternalError")),
    Toxic("reply", reply=http_reply("403 Forbidden", "AccessDenied")),
)


@attrs.define
class Steady:
    """What the last follower holds while nothing goes wrong."""

    files: list[int] = attrs.field(factory=list)
    rss_mb: list[float] = attrs.field(factory=list)

    def look(self, pid: int) -> None:
        self.files.append(len(list(Path(f"/proc/{pid}/fd").iterdir())))
        fields = Path(f"/proc/{pid}/status").read_text().split()
        self.rss_mb.append(int(fields[fields.index("VmRSS:") + 1]) / 1024)

    def growth(self) -> tuple[float, float]:
        """Of files and of megabytes, from the first third to the last; none where there was no time to grow."""
        warm = int(_WARM_AFTER_S / _LOOK_S)
        files, rss_mb = self.files[warm:], self.rss_mb[warm:]
        third = len(files) // 3
        if not third:
            return 0.0, 0.0
        early, late = slice(0, third), slice(-third, None)
        return (
            statistics.median(files[late]) - statistics.median(files[early]),
            statistics.median(rss_mb[late]) - statistics.median(rss_mb[early]),
        )

    def is_modest(self) -> bool:
        """Whether all this stays within bounds."""
        files, rss_mb = self.growth()
        flat = files <= _FILES_GROWTH and rss_mb <= _RSS_GROWTH_MB
        return flat and max(self.files) <= _FILES_LIMIT and max(self.rss_mb) <= _RSS_LIMIT_MB


@attrs.define
class Soak:
    """One run, below a scratch directory."""

    camp: Camp
    store: Store
    proxy: TcpProxy
    writers: list[Writer]
    seed: int
    crew: Crew = attrs.field(init=False)
    steady: Steady = attrs.field(factory=Steady)
    failures: list[str] = attrs.field(factory=list)

    def storm(self, seconds: float, fault_rate: float) -> None:
        """Everything goes wrong at once."""
        self.proxy.weather(seeded(fault_rate, self.seed, TOXICS))
        self.crew = Crew(self.camp, [writer.session_id for writer in self.writers], seed=self.seed)
        for writer in self.writers:
            writer.start()
        self.crew.enlist(FOLLOWERS)
        time.sleep(seconds)
        self.crew.dismiss()
        self.proxy.calm()

    def calm(self, seconds: float) -> None:
        """One follower, while writing goes on, and then until it has caught up; then it is asked to end."""
        last = self.camp.follow()
        try:
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                time.sleep(_LOOK_S)
                self.steady.look(last.pid)
            for writer in self.writers:
                writer.end()
            self._catch_up(last)
            last.send_signal(signal.SIGTERM)
            code = last.wait(40)
            if code != 0:
                self.failures.append(f"the last follower ended with {code}")
        finally:
            last.kill()
            last.wait()

    def compact_all(self) -> None:
        """Collects what killed compactions left, so that a reader who only sorts names finds the stream as well."""
        for writer in self.writers:
            for generation in sorted(generations(self.store, writer.session_id)):
                name = f"{writer.session_id}~g{generation}"
                code = self.camp.start("compact", name).wait(120)
                if code != 0:
                    self.failures.append(f"the last compaction of {name} ended with {code}")

    def _catch_up(self, last: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + CATCH_UP_S
        waiting = list(self.writers)
        while waiting and last.poll() is None:
            if time.monotonic() > deadline:
                self.failures.append(f"{len(waiting)} sessions were not mirrored within {CATCH_UP_S:.0f} s")
                return
            waiting = [writer for writer in waiting if not is_mirrored(self.store, writer)]
            time.sleep(0.5)

    def report(self, before: Verdict, after: Verdict) -> None:
        """Says what was done and what came of it, and notes what is wrong as failures."""
        self.failures += [*before.differences, *after.differences]
        if after.inexact_for_tracecraft:
            self.failures.append(f"{after.inexact_for_tracecraft} streams are not what sorting by name gives")
        for file in sorted(self.camp.output.iterdir()):
            crashes = {line for line in file.read_text(errors="replace").splitlines() if _is_crash(line)}
            self.failures += sorted(f"{file.name}: {line}" for line in crashes)
        orphans = self.camp.processes()
        self.failures += [f"process {pid} is left over" for pid in orphans]
        files, rss_mb = self.steady.growth()
        if not self.steady.is_modest():
            self.failures.append("the last follower takes too much, or grows")
        for title, counts in (
            ("writers", sum((writer.counts for writer in self.writers), Counter())),
            ("crew", self.crew.counts),
            ("network", self.proxy.counts),
            ("compared", attrs.asdict(before, filter=attrs.filters.exclude("differences"))),
            ("compacted", attrs.asdict(after, filter=attrs.filters.exclude("differences"))),
            ("last follower", {"files": self.steady.files[-1], "rss MB": round(self.steady.rss_mb[-1])}),
            ("its growth", {"files": files, "rss MB": round(rss_mb, 1)}),
            ("in the end", {"orphans": len(orphans), "failures": len(self.failures)}),
        ):
            click.echo(f"{title}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))


def _is_crash(line: str) -> bool:
    return line.startswith(("Traceback", "Unexpected "))


@click.command()
@click.option("--minutes", type=float, default=5.0, show_default=True, help="How long to kill.")
@click.option("--hours", type=float, default=0.0, help="The same in hours.")
@click.option("--writers", "writer_count", type=int, default=20, show_default=True, help="Sessions.")
@click.option("--faults", type=float, default=0.05, show_default=True, help="Share of requests the network spoils.")
@click.option("--mishaps", type=float, default=0.004, show_default=True, help="Share of writes that destroy instead.")
@click.option("--seed", type=int, default=None, help="By default the time.")
@click.option("--keep", is_flag=True, help="Keep the scratch directory even when all is well.")
def main(
    *, minutes: float, hours: float, writer_count: int, faults: float, mishaps: float, seed: int | None, keep: bool
) -> None:
    """Kill followers again and again, and compare every byte in the end."""
    seed = int(time.time()) if seed is None else seed
    root = Path(tempfile.mkdtemp(prefix="session-mirror-soak-"))
    click.echo(f"seed {seed}, scratch directory {root}")
    plan = _Plan(hours * 3600 or minutes * 60, writer_count, faults, mishaps, seed)
    failures = _run(root, plan)
    for failure in failures:
        click.echo(f"FAILED {failure}", err=True)
    if failures:
        raise SystemExit(1)
    if not keep:
        shutil.rmtree(root)


@attrs.frozen
class _Plan:
    seconds: float
    writers: int
    fault_rate: float
    mishap_rate: float
    seed: int


def _run(root: Path, plan: _Plan) -> list[str]:
    (root / "ministack").mkdir()
    (root / "ws").mkdir()
    with ministack(root / "ministack") as server, tcp_proxy(server.endpoint_url) as proxy:
        bucket = server.destination(PROJECT)
        camp = Camp(root, f"{bucket.url}?endpoint={proxy.endpoint_url}", interval_s=0.5)
        past, rate = root / "past", plan.mishap_rate
        writers = [
            Writer(camp.home, camp.workspace, past / str(n), seed=plan.seed * 1000 + n, mishap_rate=rate)
            for n in range(plan.writers)
        ]
        store = open_store(bucket, default_dir=root / "unused")
        soak = Soak(camp, store, proxy, writers, plan.seed)
        soak.storm(plan.seconds, plan.fault_rate)
        soak.calm(max(6.0, min(60.0, plan.seconds / 5)))
        before = judge(store, writers)
        soak.compact_all()
        soak.report(before, judge(store, writers))
        store.close()
        return soak.failures


if __name__ == "__main__":
    main()
