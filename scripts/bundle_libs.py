"""Puts the helper's Python libraries where the VSIX carries them: dist/pylibs, and dist/pylibs-native per system.

`--cache DIR` keeps the downloaded wheels, by the lock's hash, so that only a changed lock needs the network.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements/bundle.txt"
NATIVE = "watchfiles"
OLDEST_PYTHON = "3.10"

# Our name for a system, as VS Code spells its VSIX targets, and pip's.
TARGETS = {
    "linux-x64": "manylinux_2_17_x86_64",
    "linux-arm64": "manylinux_2_17_aarch64",
    "linux-armhf": "manylinux_2_17_armv7l",
    "alpine-x64": "musllinux_1_1_x86_64",
    "alpine-arm64": "musllinux_1_1_aarch64",
    "darwin-x64": "macosx_10_12_x86_64",
    "darwin-arm64": "macosx_11_0_arm64",
    "win32-x64": "win_amd64",
    "win32-arm64": "win_arm64",
}

# The AWS services we speak to, sign in with, or ask for a role; botocore knows 400 more.
SERVICES = {"s3", "sts", "sso", "sso-oidc", "signin"}
LICENSE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
UNUSED_FOLDERS = {"tests", "examples", "__pycache__"}
UNUSED_SUFFIXES = {".pyi", ".exe", ".typed", ".rst", ".md"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist")
    args = parser.parse_args()
    locked = LOCK.read_bytes() + Path(__file__).read_bytes()
    wheels = args.cache / "wheels" / hashlib.sha256(locked).hexdigest()[:16]
    if not wheels.is_dir():
        download_all(wheels)
    size = unpack_all(wheels, args.dist)
    print(f"bundled {len(list(wheels.glob('*/*.whl')))} wheels, {size / 1e6:.1f} MB unpacked")
    return 0


def download_all(wheels: Path) -> None:
    """Downloads every locked wheel, or leaves nothing behind."""
    wheels.parent.mkdir(parents=True, exist_ok=True)
    pure, native = split_lock(LOCK.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(dir=wheels.parent) as scratch:
        draft = Path(scratch) / "wheels"
        with ThreadPoolExecutor(max_workers=4) as pool:
            jobs = [pool.submit(download, pure, draft / "pure", "any", "none")]
            jobs += [pool.submit(download, native, draft / name, tag, "abi3") for name, tag in TARGETS.items()]
        for job in jobs:
            job.result()
        try:
            draft.rename(wheels)
        except OSError:
            if not wheels.is_dir():  # else another build was faster
                raise


def split_lock(text: str) -> tuple[str, str]:
    """The lock's requirements without and with native code."""
    blocks = re.split(r"\n(?=[a-z])", re.sub(r"(?m)^ *#.*\n", "", text))
    native = [block for block in blocks if block.startswith(f"{NATIVE}==")]
    if len(native) != 1:
        raise SystemExit(f"{LOCK} must lock {NATIVE} exactly once")
    return "\n".join(block for block in blocks if block not in native), native[0]


def download(requirements: str, folder: Path, platform_tag: str, abi: str) -> None:
    """Downloads wheels for a system other than this one; the lock's hashes are checked.

    Raises:
        SystemExit: pip couldn't; its own words are in the message.
    """
    folder.mkdir(parents=True)
    listing = folder / "requirements.txt"
    listing.write_text(requirements, encoding="utf-8")
    implementation = "py" if abi == "none" else "cp"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement", str(listing)]
    command += ["--python-version", OLDEST_PYTHON, "--implementation", implementation, "--abi", abi]
    command += ["--platform", platform_tag, "--dest", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=600)
    if done.returncode:
        raise SystemExit(f"pip could not download the libraries for {platform_tag}:\n{done.stderr.strip()}")


def unpack_all(wheels: Path, dist: Path) -> int:
    """Unpacks what the helper needs of every wheel; returns the number of bytes."""
    pure, native = dist / "pylibs", dist / "pylibs-native"
    for folder in (pure, native):
        shutil.rmtree(folder, ignore_errors=True)
    total = sum(unpack(wheel, pure) for wheel in sorted((wheels / "pure").glob("*.whl")))
    for name in TARGETS:
        (wheel,) = (wheels / name).glob("*.whl")
        total += unpack(wheel, native / name)
    return total


def unpack(wheel: Path, into: Path) -> int:
    project = wheel.name.split("-")[0]
    total = 0
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            path = wanted(PurePosixPath(entry.filename), project)
            if path is None or entry.is_dir():
                continue
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(entry))
            total += entry.file_size
    return total


def wanted(path: PurePosixPath, project: str) -> PurePosixPath | None:
    """Where a wheel's file belongs below the bundle, or None when the helper never reads it."""
    top = path.parts[0]
    if top.endswith(".dist-info"):
        return PurePosixPath("licenses", project, path.name) if LICENSE.search(path.name) else None
    if top.endswith(".data") or UNUSED_FOLDERS.intersection(path.parts) or path.suffix in UNUSED_SUFFIXES:
        return None
    if path.parts[:2] in (("boto3", "data"), ("botocore", "data")) and len(path.parts) > 3:
        return path if path.parts[2] in SERVICES and not path.name.startswith("examples-") else None
    return path


if __name__ == "__main__":
    sys.exit(main())
