"""A gradebook in a database server, such as PostgreSQL: whether it can be used, and what is said when it cannot."""

from __future__ import annotations

from siru_course.language import gettext as _

CONNECT_SECONDS = 10
"""How long to wait for the server."""


def problem(address: str) -> str:
    """Say why the gradebook's server cannot be used; empty when it can, and for a file. No password is named.

    Examples
    --------
    >>> problem("sqlite:///gradebook.db")
    ''
    """
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

    if address.startswith("sqlite"):
        return ""
    try:
        url = make_url(address)
        # Other drivers have other names for this.
        waiting = {"timeout": CONNECT_SECONDS} if url.drivername == "postgresql+pg8000" else {}
        engine = create_engine(url, connect_args=waiting)
    except (ModuleNotFoundError, NoSuchModuleError):
        return _(
            "There is no driver for {kind}. For PostgreSQL, begin db_url with postgresql+pg8000://, and install it: "
            "pip install 'siru-course[cluster]'"
        ).format(kind=url.drivername)
    except ArgumentError:
        return _("The setting CourseDirectory.db_url in nbgrader_config.py is no address of a database.")
    try:
        engine.connect().close()
    except SQLAlchemyError as error:
        return _("The gradebook's database on {host} cannot be used: {reason}.").format(
            host=url.host or url.database, reason=_reason(error, url.password)
        )
    finally:
        engine.dispose()
    return ""


def demand(address: str) -> None:
    """Look whether the gradebook's server can be used.

    Raises
    ------
    ValueError
        If it cannot.
    """
    if why := problem(str(address)):
        raise ValueError(why)


def _reason(error: Exception, password: str | None) -> str:
    """Find the sentence in what a driver says."""
    said = getattr(error, "orig", None) or error
    told = said.args[0] if said.args else said
    # PostgreSQL's own message, as pg8000 gives it.
    text = str(told.get("M", "")) if isinstance(told, dict) else str(told)
    line = (text.strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    return line.replace(password, "…") if password else line
