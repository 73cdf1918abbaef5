"""The ``siru`` command: every command a few lines that call the package.

Words are translated when they are shown, so ``--language`` (or ``SIRU_LANG``) also changes the help.
"""

from __future__ import annotations

import errno
import gettext as stdlib_gettext
import os
import sys
from pathlib import Path

import click

from ._cli.base import Group, need, option, table, waiting
from ._cli.classes import class_
from .language import LANGUAGES, LOCALE_DIR, language, mark, ngettext, use_language
from .language import gettext as _

# More columns than this cannot be read in a terminal.
_MOST_COLUMNS = 8


def _choose_language(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value:
        use_language(value)
    # Click asks the standard library's gettext for its own words ("Usage", "Options").
    stdlib_gettext.bindtextdomain("siru", LOCALE_DIR)
    stdlib_gettext.textdomain("siru")
    os.environ["LANGUAGE"] = language()


_language_option = option(
    "--language",
    type=click.Choice(LANGUAGES),
    is_eager=True,
    expose_value=False,
    callback=_choose_language,
    help=mark("The language of what is printed; otherwise SIRU_LANG decides."),
)


@click.group(
    cls=Group,
    help=mark("SIRU course: build the book, check the course, look at the data, run a class."),
    example="siru book serve\nsiru --language sv data list",
)
@_language_option
@click.version_option(package_name="siru-course")
def siru() -> None:
    """Hold the commands together."""


@siru.group(help=mark("Build and read the book."), example="siru book serve")
def book() -> None:
    """Hold the commands about the book together."""


@book.command("build", help=mark("Build the book in both languages."), example="siru book build --only sv")
@option("--only", type=click.Choice(LANGUAGES), help=mark("Build one language only."))
def book_build(only: str | None) -> None:
    """Build, and say where the site is."""
    click.echo(_("The book is in {folder}.").format(folder=_build((only,) if only else LANGUAGES)))


@book.command(
    "serve",
    help=mark("Build the book and serve it on this machine until you press Ctrl+C."),
    example="siru book serve --port 8080",
)
@option("--port", type=click.IntRange(1, 65535), help=mark("The port; the first free one from 8000 otherwise."))
def book_serve(port: int | None) -> None:
    """Build, then serve on the loopback address."""
    from .book import server

    site = _build(LANGUAGES)
    with server.open_server(site, port) as running:
        click.echo(_("The book is at {address} (stop with Ctrl+C).").format(address=running.address))
        running.wait()


@book.command("clean", help=mark("Remove everything the build made."), example="siru book clean")
def book_clean() -> None:
    """Remove the build folder."""
    need("book")
    from .book import builder

    builder.clean()


@siru.command(
    help=mark(
        "Open the facilitator's toolbox in a browser: agenda, tables, talk clock, vote, board, theory of change and "
        "value. It runs on this machine, and what you enter is saved in your folder as you enter it."
    ),
    example="siru toolbox --in ~/meetings/may\nsiru toolbox --no-browser --port 8899",
)
@option(
    "--in",
    "folder",
    type=click.Path(path_type=Path),
    default=Path.home() / "siru-toolbox",
    show_default=True,
    help=mark("Your folder."),
)
@option("--port", type=click.IntRange(1, 65535), help=mark("The port; a free one otherwise."))
@option("--browser/--no-browser", default=True, help=mark("Open the browser, or only print the address."))
def toolbox(folder: Path, port: int | None, browser: bool) -> None:
    """Serve the toolbox until it is stopped."""
    need("voila")
    import webbrowser

    from .widgets._serve import serve

    with serve(folder.expanduser(), port) as served:
        click.echo(_("The toolbox is at {address} (stop with Ctrl+C).").format(address=served.address))
        click.echo(_("What is entered is saved in {folder}.").format(folder=folder.expanduser().absolute()))
        if browser:
            webbrowser.open(served.address)
        served.wait()


@siru.command(
    help=mark(
        "Open JupyterLab on the exercises. They are copied, without their solutions, to a folder of your own the "
        "first time; what you have written there is never overwritten. What stands after -- goes to JupyterLab."
    ),
    example="siru lab --in ~/siru-course\nsiru lab -- --no-browser --port 8899",
)
@option(
    "--in",
    "folder",
    type=click.Path(path_type=Path),
    default=Path.home() / "siru-course",
    show_default=True,
    help=mark("Your folder."),
)
@option("--source", is_flag=True, help=mark("Open the sources, with solutions and hidden tests, to change them."))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(folder: Path, source: bool, arguments: tuple[str, ...]) -> None:
    """Prepare the learner's folder and start JupyterLab."""
    need("jupyterlab", "nbgrader")
    from . import classroom

    with waiting(_("Preparing the exercises")):
        where = classroom.EXERCISES if source else classroom.prepare_lab(folder.expanduser(), language())
    click.echo(_("JupyterLab opens on {folder}.").format(folder=where))
    sys.exit(classroom.run_lab(where, arguments))


@siru.command(
    help=mark(
        "Check the course: twins agree, what is derived is fresh, every theme has all its parts. "
        "The exit code is 1 when something is found."
    ),
    example="siru check\nsiru check --accept book/sv/meet/dialogue.md",
)
@option(
    "--accept",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=mark("Say that this translation has been brought up to date with its original."),
)
def check(accept: tuple[Path, ...]) -> None:
    """Print one line a finding: file, line, and what to do."""
    need("book")
    from . import upkeep

    for path in accept:
        upkeep.accept(path)
    findings = upkeep.check()
    for finding in findings:
        click.echo(str(finding))
    if findings:
        count = len(findings)
        click.echo(ngettext("{n} finding.", "{n} findings.", count).format(n=count))
        sys.exit(1)
    click.echo(_("Nothing found."))


@siru.group(help=mark("Begin a theme of the course."), example="siru theme new theory-of-change")
def theme() -> None:
    """Hold the commands about a theme together."""


@theme.command(
    "new",
    help=mark(
        "Write what a theme lacks, from the templates: chapter, handout, exercise and answers, in both languages and "
        "with their places in the contents. Nothing that is there is overwritten. Only in a copy of the repository."
    ),
    example='siru theme new theory-of-change\nsiru theme new 09-theory-of-change --title "Theory of change: …"',
)
@click.argument("name")
@option("--title", help=mark("The chapter's English title; the theme's short title otherwise."))
@option("--title-sv", help=mark("The chapter's Swedish title; the theme's short title otherwise."))
def theme_new(name: str, title: str | None, title_sv: str | None) -> None:
    """Print one line a file, and what comes next."""
    need("book")
    from . import upkeep

    made = upkeep.begin(name, {"en": title or "", "sv": title_sv or ""})
    for file in made:
        click.echo(file)
    if not made:
        click.echo(_("The theme has all that there are templates for. Nothing was changed."))
        return
    click.echo(
        _(
            "Next: read A new theme in CONTRIBUTING.md, and write where the brackets ⟦ ⟧ stand. "
            "siru check says what is left, and siru book serve shows it."
        )
    )


@siru.group(help=mark("Look at the case data."), example="siru data list")
def data() -> None:
    """Hold the commands about the data together."""


@data.command("list", help=mark("List the data sets."), example="siru data list")
def data_list() -> None:
    """Print the catalogue."""
    from . import data as case

    found = case.catalogue()
    kinds = {True: _("synthetic"), False: _("real")}
    table(
        found[["name", "title", "rows"]].assign(kind=found["synthetic"].map(kinds)),
        [_("Name"), _("Title"), _("Rows"), _("Kind")],
    )


@data.command("show", help=mark("Show a data set: its columns and its first rows."), example="siru data show ballots")
@click.argument("name")
@option("--rows", type=click.IntRange(min=1), default=5, show_default=True, help=mark("How many rows."))
def data_show(name: str, rows: int) -> None:
    """Print the dictionary and a preview."""
    from . import data as case

    frame = case.load(name, labels=language()).head(rows)
    row = case.catalogue().set_index("name").loc[name]
    click.echo(f"{row['title']}\n{row['licence']}. {row['source']}")
    table(case.dictionary(name), [_("Column"), _("Type"), _("Unit"), _("Meaning"), _("Allowed")])
    table(frame.iloc[:, :_MOST_COLUMNS])
    if len(frame.columns) > _MOST_COLUMNS:
        click.echo(_("{n} more columns are not shown.").format(n=len(frame.columns) - _MOST_COLUMNS))


@data.command(
    "check",
    help=mark("Check every data set against its description. The exit code is 1 when something is wrong."),
    example="siru data check",
)
def data_check() -> None:
    """Print one line a problem: file, row, column, and what is wrong."""
    from . import data as case

    problems = [str(problem) for problem in case.check()]
    with waiting(_("Checking the data")):
        problems += _by_the_standard(case.folder() / "datapackage.json")
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(1)
    click.echo(_("All data sets are as described."))


@data.command(
    "export",
    help=mark("Write data sets to files: CSV, CSV for a Swedish Excel, or an Excel workbook."),
    example="siru data export --to ~/Documents\nsiru data export ballots --excel-sv --labels sv",
)
@click.argument("names", nargs=-1)
@option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help=mark("The folder; otherwise the current folder."),
)
@option("--excel-sv", "kind", flag_value="excel-sv", help=mark("Semicolon and decimal comma, for a Swedish Excel."))
@option("--xlsx", "kind", flag_value="xlsx", help=mark("An Excel workbook."))
@option("--labels", type=click.Choice(LANGUAGES), help=mark("Words of this language instead of codes."))
def data_export(names: tuple[str, ...], to: Path, kind: str | None, labels: str | None) -> None:
    """Write one file a data set; all of them when none is named."""
    from . import data as case
    from ._data_export import export

    for name in names or [item["name"] for item in case.package()["resources"]]:
        click.echo(str(export(name, to.expanduser(), kind or "csv", labels)))


siru.add_command(class_)


def main() -> None:
    """Run the command; what is wrong with the input is told in a sentence, without a traceback."""
    try:
        siru(prog_name="siru")
    except (ValueError, KeyError, OSError) as error:
        if os.environ.get("SIRU_DEBUG"):
            raise
        click.echo(_("Error: {message}").format(message=_sentence(error)), err=True)
        sys.exit(1)


def _sentence(error: Exception) -> str:
    """Give what an error says; of the system's own, without its number, and with what to do where that is known."""
    if isinstance(error, OSError) and error.strerror:
        said = ": ".join(str(part) for part in (error.filename, error.strerror) if part) + "."
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            said += " " + _("Give yourself the right to read and write there, or choose another folder.")
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            said += " " + _("Make room on the disk, and try again.")
        return said
    return str(error.args[0] if isinstance(error, KeyError) and error.args else error)


def _by_the_standard(package: Path) -> list[str]:
    """Ask the standard's own tool too, where it is installed; what it says is in English."""
    from importlib.util import find_spec

    if find_spec("frictionless") is None:
        return []
    from frictionless import Package

    found = Package(str(package)).validate().flatten(["path", "rowNumber", "fieldName", "message"])
    return [", ".join(str(part) for part in row if part is not None) for row in found]


def _build(languages: tuple[str, ...]) -> Path:
    need("book")
    from .book import builder

    with waiting(_("Building the book")):
        done = builder.build(languages)
    for built in done:
        if not built.ok:
            click.echo(built.complaints, err=True)
            raise click.ClickException(
                _("The book in {language} was not built; the lines above say why. The whole log is {log}.").format(
                    language=built.language, log=builder.log_file(built.language)
                )
            )
    for note in dict.fromkeys(built.note for built in done if built.note):
        click.echo(note, err=True)
    return builder.SITE


if __name__ == "__main__":
    main()
