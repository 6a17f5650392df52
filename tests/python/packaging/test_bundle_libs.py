"""What of each wheel goes into the VSIX."""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from pathlib import Path, PurePosixPath
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module", name="bundle")
def load_bundle() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bundle_libs", ROOT / "scripts/bundle_libs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "path",
    [
        "botocore/session.py",
        "botocore/cacert.pem",
        "botocore/data/endpoints.json",
        "botocore/data/s3/2006-03-01/service-2.json.gz",
        "botocore/data/sso-oidc/2019-06-10/service-2.json.gz",
        "boto3/data/s3/2006-03-01/resources-1.json",
        "watchfiles/_rust_notify.abi3.so",
        "six.py",
    ],
)
def test_what_the_helper_reads_is_kept_in_its_place(bundle: ModuleType, path: str) -> None:
    assert bundle.wanted(PurePosixPath(path), "some") == PurePosixPath(path)


@pytest.mark.parametrize(
    "path",
    [
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/s3/2006-03-01/examples-1.json",
        "boto3/data/ec2/2016-11-15/resources-1.json",
        "boto3/examples/s3.rst",
        "colorama/tests/ansi_test.py",
        "watchfiles/_rust_notify.pyi",
        "jmespath-1.1.0.data/scripts/jp.py",
        "boto3-1.43.106.dist-info/METADATA",
    ],
)
def test_what_it_never_reads_is_left_out(bundle: ModuleType, path: str) -> None:
    assert bundle.wanted(PurePosixPath(path), "some") is None


def test_every_library_keeps_its_license(bundle: ModuleType) -> None:
    path = PurePosixPath("attrs-26.1.0.dist-info/licenses/LICENSE")
    assert bundle.wanted(path, "attrs") == PurePosixPath("licenses/attrs/LICENSE")


def test_the_lock_is_split_into_pure_and_native_requirements_without_losing_any(bundle: ModuleType) -> None:
    text = bundle.LOCK.read_text(encoding="utf-8")
    pure, native = bundle.split_lock(text)
    pins = [line for line in text.splitlines() if "==" in line]
    assert [line for line in pure.splitlines() if "==" in line] == [pin for pin in pins if "watchfiles" not in pin]
    assert native.count("==") == 1
    assert native.count("--hash=sha256:") > len(bundle.TARGETS)


def test_a_lock_without_the_native_library_is_refused(bundle: ModuleType) -> None:
    with pytest.raises(SystemExit, match="watchfiles"):
        bundle.split_lock("attrs==26.1.0 \\\n    --hash=sha256:00\n")


def test_a_failed_download_leaves_nothing_that_looks_complete(
    bundle: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise SystemExit("no network")

    monkeypatch.setattr(bundle, "download", fail)
    with pytest.raises(SystemExit, match="no network"):
        bundle.download_all(tmp_path / "wheels" / "lock")
    assert list((tmp_path / "wheels").iterdir()) == []


def test_an_old_bundle_is_replaced_whole(bundle: ModuleType, tmp_path: Path) -> None:
    def wheel(folder: str, name: str, member: str) -> None:
        path = tmp_path / "wheels" / folder / f"{name}-1-py3-none-any.whl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, "x = 1\n")

    wheel("pure", "six", "six.py")
    for target in bundle.TARGETS:
        wheel(target, "watchfiles", "watchfiles/__init__.py")
    dist = tmp_path / "dist"
    (dist / "pylibs/gone").mkdir(parents=True)
    bundle.unpack_all(tmp_path / "wheels", dist)
    assert sorted(path.name for path in (dist / "pylibs").iterdir()) == ["six.py"]
    assert sorted(path.name for path in (dist / "pylibs-native").iterdir()) == sorted(bundle.TARGETS)
