"""Fixtures that more than one room uses; defined in `support/`."""

from hypothesis import settings

from support.servers import ministack_server, moto_server, rclone_server, rclone_tls_server
from support.stores import no_aws_settings, store

__all__ = ["ministack_server", "moto_server", "no_aws_settings", "rclone_server", "rclone_tls_server", "store"]

# How long an example takes tells of the machine's load, not of the code: no deadlines.
# A change is judged by the same examples everywhere; `--hypothesis-profile explore` looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("steady")
