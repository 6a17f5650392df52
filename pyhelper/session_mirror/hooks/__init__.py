"""Agents' own hooks: mirroring begins and ends with a session that runs outside any editor."""
