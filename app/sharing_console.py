"""The commands `reportqa users add` and `reportqa users remove`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.sharing import check_name, put_user, remove_user
from ingest.errors import SettingError

users_app = typer.Typer(
    help="Who may use a shared server: the names and hashed passwords of 'reportqa serve --users'.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(metavar="NAME")]
UsersFile = Annotated[Path, typer.Option("--users", metavar="FILE", help="The file of users.")]


@users_app.command()
def add(
    name: Name,
    users: UsersFile,
    stdin: Annotated[
        bool,
        typer.Option("--stdin", help="Read the password from the first line of standard input."),
    ] = False,
) -> None:
    """Add a user, or change a password: it is asked for twice and not shown."""
    name = check_name(name)
    added = put_user(users, name, _read_line() if stdin else _ask_twice(name))
    typer.echo(f"{users}: {'added' if added else 'new password for'} {name}")


@users_app.command()
def remove(name: Name, users: UsersFile) -> None:
    """Remove a user; a running server logs them out."""
    remove_user(users, name)
    typer.echo(f"{users}: removed {name.strip()}")


def _read_line() -> str:
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise SettingError("there is no password on the standard input")
    return line


def _ask_twice(name: str) -> str:
    password: str = typer.prompt(
        f"Password for {name}", hide_input=True, confirmation_prompt="The same again", err=True
    )
    return password
