"""OpenClaw, in its two eras: JSONL files up to 2026.7, one SQLite database for each agent since 2026.8."""
