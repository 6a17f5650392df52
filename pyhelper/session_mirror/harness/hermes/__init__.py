"""Hermes Agent's sessions: rows of its database, and what they say."""
