"""What a user can do is documented: every command, setting and command line option."""

import json
from pathlib import Path

import click
import pytest

from session_mirror.cli import main

ROOT = Path(__file__).parents[3]
MANIFEST = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
TEXTS = json.loads((ROOT / "package.nls.json").read_text(encoding="utf-8"))
SETTINGS_PAGE = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
CLI_PAGE = (ROOT / "docs/cli.md").read_text(encoding="utf-8")


def titles() -> list[str]:
    return [TEXTS[command["title"].strip("%")] for command in MANIFEST["contributes"]["commands"]]


def settings() -> list[str]:
    groups = MANIFEST["contributes"]["configuration"]
    return [name for group in (groups if isinstance(groups, list) else [groups]) for name in group["properties"]]


@pytest.mark.parametrize("title", titles())
def test_every_command_is_documented(title: str) -> None:
    assert f"**{title}**" in SETTINGS_PAGE


@pytest.mark.parametrize("name", settings())
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in SETTINGS_PAGE


def commands() -> list[tuple[str, click.Command]]:
    context = click.Context(main)
    return [(name, command) for name in main.list_commands(context) if (command := main.get_command(context, name))]


def options() -> list[tuple[str, str]]:
    return [
        (name, option)
        for name, command in commands()
        if not command.hidden
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    ]


def test_every_command_can_be_imported() -> None:
    assert [name for name, _ in commands()] == main.list_commands(click.Context(main))


@pytest.mark.parametrize(("command", "option"), options())
def test_every_command_line_option_is_documented(command: str, option: str) -> None:
    assert f"session-mirror {command}" in CLI_PAGE
    assert option in CLI_PAGE


@pytest.mark.parametrize(
    "page", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda page: page.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [piece.split(")")[0].split("#")[0] for piece in text.split("](")[1:]]
    missing = [target for target in targets if "://" not in target and target and not (page.parent / target).exists()]
    assert missing == []
