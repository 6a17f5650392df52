"""Fixtures of the bucket room."""

from support.s3_stub import stub, stubbed

__all__ = ["stub", "stubbed"]
