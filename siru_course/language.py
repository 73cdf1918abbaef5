"""The language of labels, messages and charts: English or Swedish.

The words of the running program come from gettext catalogues in ``siru_course/locale``.
Messages are looked up when they are shown, so the language can change at any time.
"""

from __future__ import annotations

import gettext as _stdlib_gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "sv")
LOCALE_DIR = Path(__file__).parent / "locale"

_current: str | None = None
# What a block has chosen: for its own thread, as others may be at work in another language.
_within: ContextVar[str | None] = ContextVar("_within", default=None)


def use_language(code: str) -> None:
    """Choose the language of labels, messages and charts, for the whole program.

    Inside a block of :func:`in_language` it is chosen until the block ends, and for its thread alone.

    Parameters
    ----------
    code
        ``"en"`` for English or ``"sv"`` for Swedish.

    Raises
    ------
    ValueError
        If `code` is another language.

    Examples
    --------
    >>> use_language("sv")
    >>> language()
    'sv'
    >>> use_language("en")
    """
    global _current
    _known(code)
    if _within.get() is None:
        _current = code
    else:
        _within.set(code)


def language() -> str:
    """Tell the language in use: ``"en"`` or ``"sv"``.

    Until :func:`use_language` is called, the environment variable ``SIRU_LANG`` decides, and without it
    the language is English.

    Examples
    --------
    >>> use_language("en")
    >>> language()
    'en'
    """
    chosen = _within.get() or _current
    if chosen is not None:
        return chosen
    code = os.environ.get("SIRU_LANG", "en")
    return code if code in LANGUAGES else "en"


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Use another language inside a ``with`` block, and return to the one before it.

    Other threads keep theirs.

    Raises
    ------
    ValueError
        If `code` is another language than English or Swedish.

    Examples
    --------
    >>> use_language("en")
    >>> with in_language("sv"):
    ...     language()
    'sv'
    >>> language()
    'en'
    """
    _known(code)
    before = _within.get()
    _within.set(code)
    try:
        yield
    finally:
        _within.set(before)


def _known(code: str) -> None:
    if code not in LANGUAGES:
        raise ValueError(
            gettext("code is {value!r}; choose one of {allowed}.").format(value=code, allowed=", ".join(LANGUAGES))
        )


def gettext(message: str) -> str:
    """Translate `message` to the language in use; English is the message itself.

    Examples
    --------
    >>> with in_language("sv"):
    ...     gettext("Ratio")
    'Kvot'
    """
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Translate a message that depends on the number `n`.

    Examples
    --------
    >>> with in_language("sv"):
    ...     ngettext("{n} minute", "{n} minutes", 2).format(n=2)
    '2 minuter'
    """
    return _catalogue(language()).ngettext(singular, plural, n)


def mark(message: str) -> str:
    """Mark `message` for translation where it is defined; it is translated where it is shown.

    Examples
    --------
    >>> title = mark("Ratio")
    >>> with in_language("sv"):
    ...     gettext(title)
    'Kvot'
    """
    return message


def number(value: float, decimals: int = 2) -> str:
    """Write a number as the language in use writes it: ``0.25`` in English, ``0,25`` in Swedish.

    Thousands are grouped, by a comma in English and by a no-break space in Swedish.

    Examples
    --------
    >>> use_language("en")
    >>> number(1234.5, 1)
    '1,234.5'
    >>> with in_language("sv"):
    ...     number(1234.5, 1).replace(chr(160), " ")
    '1 234,5'
    """
    text = f"{value:,.{decimals}f}"
    if language() == "sv":
        text = text.translate({ord(","): "\N{NO-BREAK SPACE}", ord("."): ","})
    return text


@cache
def _catalogue(code: str) -> _stdlib_gettext.NullTranslations:
    return _stdlib_gettext.translation("siru", LOCALE_DIR, languages=[code], fallback=True)
