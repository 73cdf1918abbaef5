"""What the commands share: help in two languages, and how waiting, progress and tables are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from ..language import gettext as _


class _Spoken:
    """Translates a command's help, and shows its example, when the help is shown."""

    example = ""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_(self.help))  # type: ignore[attr-defined]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.example:
            with formatter.section(_("Example")):
                for line in self.example.splitlines():
                    formatter.write(f"  {line}\n")

    def get_short_help_str(self, limit: int = 45) -> str:
        return _(self.help).split(". ")[0].rstrip(".") + "."  # type: ignore[attr-defined]


class Command(_Spoken, click.Command):
    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example


class Group(_Spoken, click.Group):
    command_class = Command

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example


Group.group_class = Group


class Option(click.Option):
    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        return record and (record[0], record[1].replace(self.help, _(self.help)) if self.help else record[1])


def option(*names: str, **kwargs: Any) -> Callable[[Any], Any]:
    return click.option(*names, cls=Option, **kwargs)


def need(*modules: str) -> None:
    """Say which extra to install when a command needs more than the learner's part of the package."""
    from importlib.util import find_spec

    wanted = {
        "book": ("jupyter_book", "book"),
        "jupyterlab": ("jupyterlab", "teach"),
        "nbgrader": ("nbgrader", "teach"),
        "voila": ("voila", "teach"),
    }
    for module in modules:
        name, extra = wanted[module]
        if find_spec(name) is None:
            raise click.ClickException(
                _("This command needs more packages. Install them with: pip install 'siru-course[{extra}]'").format(
                    extra=extra
                )
            )


def table(frame: Any, headings: Sequence[str] | None = None) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for number, column in enumerate(headings or frame.columns):
        table.add_column(str(column), no_wrap=number == 0)
    for row in frame.astype(object).where(frame.notna(), "").itertuples(index=False):
        table.add_row(*[str(value) for value in row])
    Console().print(table)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something takes its time, and how long it has taken."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(what, total=None)
        yield


class Step:
    """Moves a progress bar on by one; :meth:`plan` tells it how many there will be."""

    def __init__(self, progress: Any, task: Any) -> None:
        self._progress, self._task = progress, task

    def plan(self, total: int) -> None:
        self._progress.update(self._task, total=total)

    def __call__(self) -> None:
        self._progress.advance(self._task)


@contextmanager
def progress(what: str) -> Iterator[Step]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        yield Step(progress, progress.add_task(what, total=None))
