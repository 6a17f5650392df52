"""The S3 client's settings: careful ones for stores that are not Amazon's, and no wait that its caller cannot see."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from botocore.awsrequest import AWSHTTPConnectionPool, AWSHTTPSConnectionPool

from session_mirror.bucket.s3_client import build_client
from session_mirror.bucket.s3_place import S3Place
from session_mirror.protocol.mirror import Credentials

KEYS = Credentials(access_key_id="a", secret_access_key="b")
AMAZON = S3Place(bucket="bucket", project="")
OTHER = S3Place(bucket="bucket", project="", endpoint_url="http://127.0.0.1:9")


@pytest.fixture
def aws_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    return path


def settings_of(place: S3Place) -> dict[str, object]:
    client = build_client(attrs.evolve(place, credentials=KEYS))
    client.close()
    return {**vars(client.meta.config), "region": client.meta.region_name, "endpoint": client.meta.endpoint_url}


def test_amazon_is_reached_with_amazon_s_own_defaults() -> None:
    settings = settings_of(AMAZON)
    assert (settings["region"], settings["endpoint"]) == ("us-east-1", "https://s3.amazonaws.com")
    assert settings["request_checksum_calculation"] == "when_supported"


def test_any_other_store_gets_paths_and_no_checksums_it_may_not_know(aws_config: Path) -> None:
    aws_config.write_text(
        "[profile mine]\nregion = garage\nservices = s\n[services s]\ns3 =\n  endpoint_url = http://127.0.0.1:8\n"
    )
    by_place, by_profile = settings_of(OTHER), settings_of(attrs.evolve(AMAZON, profile="mine"))
    assert (by_place["region"], by_place["endpoint"]) == ("us-east-1", "http://127.0.0.1:9")
    assert (by_profile["region"], by_profile["endpoint"]) == ("garage", "http://127.0.0.1:8")
    for settings in (by_place, by_profile):
        assert settings["s3"] == {"addressing_style": "path"}
        assert settings["request_checksum_calculation"] == "when_required"
        assert settings["response_checksum_validation"] == "when_required"


def test_virtual_hosts_are_used_where_the_user_s_configuration_asks(aws_config: Path) -> None:
    aws_config.write_text("[default]\ns3 =\n  addressing_style = virtual\n")
    assert settings_of(OTHER)["s3"] == {"addressing_style": "virtual"}


def test_a_chosen_region_goes_before_the_configured_one(aws_config: Path) -> None:
    aws_config.write_text("[default]\nregion = eu-west-1\n")
    assert settings_of(AMAZON)["region"] == "eu-west-1"
    assert settings_of(attrs.evolve(AMAZON, region="eu-west-3"))["region"] == "eu-west-3"


@pytest.mark.parametrize("place", [AMAZON, OTHER])
def test_no_call_takes_longer_than_its_caller_can_wait(place: S3Place) -> None:
    settings = settings_of(place)
    assert (settings["connect_timeout"], settings["read_timeout"], settings["max_pool_connections"]) == (5, 30, 16)
    assert settings["retries"] == {"mode": "standard", "total_max_attempts": 2}


@pytest.mark.parametrize("place", [AMAZON, OTHER])
def test_a_slow_line_gets_time_for_each_block_of_a_body(place: S3Place) -> None:
    settings_of(place)
    for pool in (AWSHTTPConnectionPool, AWSHTTPSConnectionPool):
        assert "send" in vars(pool.ConnectionCls), "a connection that only has the time limit for connecting"
