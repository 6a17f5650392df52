"""Codex: its rollouts, how they are found, and how they read."""
