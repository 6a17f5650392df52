"""Fixtures that more than one room uses; defined in `support/`."""

from support.servers import ministack_server, moto_server, rclone_server, rclone_tls_server
from support.stores import no_aws_settings, store

__all__ = ["ministack_server", "moto_server", "no_aws_settings", "rclone_server", "rclone_tls_server", "store"]
