"""Fixtures of this room."""

from support.helper_home import home

__all__ = ["home"]
