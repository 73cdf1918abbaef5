"""How an answer is read: what a learner may write, and what to say of what cannot be read."""

from __future__ import annotations

import itertools
import math
import re
import reprlib
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Set
from decimal import Decimal
from numbers import Rational, Real
from typing import Any

from ..language import gettext as _
from ..language import number as spoken

_DASHES_AND_QUOTES = str.maketrans("‐‑‒–—−’‘”“„", '------\'\'"""')
_SHORT = reprlib.Repr()
_SHORT.maxother = _SHORT.maxstring = 60
# What pandas says when a list of names or ids is looked up, and all or some of them are not there.
_AMONG_SEVERAL = re.compile(r"^.None of \[.* are in the \[|\] not (?:found )?in (?:index|axis)")
# A learner's generator may never end.
_LONGEST = 10_000


class Unreadable(Exception):  # noqa: N818
    """An answer of a kind that cannot be compared; the message says what to write instead.

    A notebook's own function that reads an answer raises it, and the check shows the message as it is.

    Examples
    --------
    >>> from siru_course import checks, use_language
    >>> use_language("en")
    >>> def read(answer):
    ...     if not isinstance(answer, list):
    ...         raise checks.Unreadable("Write a list of rows.")
    ...     return answer
    >>> row = checks.true("Rows", lambda: len(read("AG01")) > 2, "Write at least three rows.")
    ✗ Rows: not met. Write a list of rows.
    """


def evaluate(value: Any) -> Any:
    """Give the answer itself; `Unreadable` when there is none yet."""
    try:
        value = value() if callable(value) else value
        value = list(itertools.islice(value, _LONGEST)) if isinstance(value, Iterator) else value
    except Unreadable:
        raise
    # A learner's function may call sys.exit.
    except (Exception, SystemExit) as error:
        raise Unreadable(explain(error)) from None
    if value is None or value is ...:
        raise Unreadable(unanswered())
    if callable(value):
        name = getattr(value, "__name__", type(value).__name__)
        raise Unreadable(_("`{name}` is a function: write parentheses after it to run it.").format(name=name))
    return value


def explain(error: BaseException) -> str:
    """Say in a sentence what went wrong."""
    try:
        said = " ".join(str(error).split())
    except Exception:
        said = ""
    if type(error) is NameError and error.name:
        return _("`{name}` is not defined yet: run the cell above where you create it.").format(name=error.name)
    # `answer["a"]` where the answer is still the three dots of the starter cell.
    if "ellipsis" in said:
        return unanswered()
    if type(error) is KeyError and _AMONG_SEVERAL.search(said):
        return _("A name or an id is missing from your answer: check the spelling.")
    if type(error) is KeyError and error.args:
        return _("There is nothing called `{key}` in your answer: check the spelling.").format(key=short(error.args[0]))
    kind = type(error).__name__
    return _("Python stopped with: {error}").format(error=_cut(f"{said} ({kind})" if said else kind, 200))


def unanswered() -> str:
    """Say that there is no answer yet."""
    return _("Not answered yet: write your answer in the cell above.")


def look_again() -> str:
    """Say what to do when nothing better is known."""
    return _("Read the task once more and look at the cell above.")


def short(value: Any) -> str:
    """Write what a learner wrote, in at most 60 characters and without backticks."""
    try:
        text = str(value) if isinstance(value, str) else _SHORT.repr(bare(value))
    except Exception:
        text = type(value).__name__
    return _cut(" ".join(text.split()), 60).replace("`", "'")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def bare(value: Any) -> Any:
    """Take a single value out of NumPy's scalar or out of an array or series of one."""
    shape = getattr(value, "shape", None)
    if shape == ():
        return value.item()
    if isinstance(shape, tuple) and math.prod(shape) == 1:
        import numpy as np

        return bare(np.asarray(value).reshape(-1)[0])
    return value


def listed(options: Collection[Any]) -> str:
    """List options in the order they were given; a mapping's are its keys."""
    return ", ".join(f"`{short(option)}`" for option in options)


def is_missing(value: Any) -> bool:
    """Tell whether a cell or an item has no answer: None, three dots, a question mark, nothing written, or NaN."""
    if value is None or value is ... or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, str):
        return value.strip() in ("", "...", "…", "?")
    return isinstance(value, (Real, Decimal)) and math.isnan(value)


def plain(value: Any) -> str:
    """Write a value so that equal answers become equal text: case, spaces and kinds of number do not matter."""
    value = bare(value)
    if isinstance(value, (Real, Decimal)) and not isinstance(value, (bool, Rational)):
        number = float(value)
        return str(int(number)) if number.is_integer() else repr(number)
    if isinstance(value, tuple):
        return "\x1f".join(plain(part) for part in value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    text = unicodedata.normalize("NFKC", str(value)).translate(_DASHES_AND_QUOTES)
    return " ".join(unicodedata.normalize("NFC", text.casefold()).split())


def letter(value: Any) -> str:
    """Write a choice so that ``b``, ``B`` and ``B)`` are equal."""
    return plain(value).rstrip(".) ")


def read_number(answer: Any) -> float:
    """Read one number; `Unreadable` says what to write instead."""
    if isinstance(answer, tuple) and len(answer) == 2 and all(type(part) is int for part in answer) and answer[1] >= 0:
        written = f"{answer[0]}.{answer[1]}"
        raise Unreadable(
            _("Write {number} with a decimal point: Python reads a comma as two numbers.").format(number=written)
        )
    if isinstance(answer, (list, tuple, Set)) and len(answer) == 1:
        answer = next(iter(answer))
    answer = bare(answer)
    if hasattr(answer, "shape"):
        raise Unreadable(
            _("This is a table with {n} values; one number is needed.").format(n=spoken(math.prod(answer.shape), 0))
        )
    if isinstance(answer, bool):
        raise Unreadable(_("This is {answer}; a number is needed.").format(answer=answer))
    if isinstance(answer, (Real, Decimal)) or is_missing(answer):
        number = math.nan if is_missing(answer) else float(answer)
        if math.isnan(number):
            raise Unreadable(_("This is NaN, “not a number”: a value is missing somewhere in the calculation."))
        if math.isinf(number):
            raise Unreadable(_("This is infinite: something is divided by zero."))
        return number
    if isinstance(answer, str):
        raise Unreadable(_about_text(answer))
    if isinstance(answer, Collection):
        raise Unreadable(
            _("This is a collection of {n} values; one number is needed.").format(n=spoken(len(answer), 0))
        )
    raise Unreadable(_("This is not a number but {kind}.").format(kind=f"`{type(answer).__name__}`"))


def _about_text(answer: str) -> str:
    written = re.sub(r"[\s%]", "", answer).translate(_DASHES_AND_QUOTES).replace(",", ".")
    try:
        float(written)
    except ValueError:
        return _("This is text; a number is needed.")
    if "." in written:
        return _("Write {number} with a decimal point and without quotation marks.").format(number=written)
    return _("Write {number} without quotation marks.").format(number=written)


def one_word(answer: Any) -> str:
    """Read an answer of one word or phrase; `Unreadable` says what to write instead."""
    answer = bare(answer)
    if isinstance(answer, (list, tuple, Set)) and len(answer) == 1:
        answer = next(iter(answer))
    if is_missing(answer):
        raise Unreadable(unanswered())
    if not isinstance(answer, str) and (hasattr(answer, "shape") or isinstance(answer, Collection)):
        raise Unreadable(_("One answer is needed; this is a collection of several."))
    return str(answer)


def word_or_none(given: Any) -> str | None:
    try:
        return letter(one_word(given))
    except Unreadable:
        # Two answers to one item are an answer, but never a right one.
        return "" if isinstance(given, Collection) and not isinstance(given, str) and len(given) else None


def read_pairs(answer: Any) -> dict[Any, Any]:
    """Read a classification: a mapping, a series, or a list of pairs."""
    if not isinstance(answer, Mapping) and isinstance(answer, Collection) and not hasattr(answer, "shape"):
        pairs: list[Any] = [pair for pair in answer if isinstance(pair, (list, tuple)) and len(pair) == 2]
        answer = dict(pairs) if pairs and len(pairs) == len(answer) else answer
    series = hasattr(answer, "index") and hasattr(answer, "items") and len(answer.shape) == 1
    if not isinstance(answer, Mapping) and not series:
        raise Unreadable(_("Write a dictionary: {example}.").format(example="`{…: …, …: …}`"))
    return dict(answer.items())


def read_order(answer: Any) -> list[Any]:
    """Read a ranking; `Unreadable` says what to write instead."""
    if isinstance(answer, str):
        answer = [part for part in re.split(r"\s*[,;>]\s*", answer.strip()) if part]
    if isinstance(answer, (Mapping, Set)) or len(getattr(answer, "shape", (1,))) != 1:
        raise Unreadable(_("Write a list in order, the first place first: {example}.").format(example="`[…, …, …]`"))
    try:
        order = list(itertools.islice(answer, _LONGEST))
    except TypeError:
        raise Unreadable(
            _("Write a list in order, the first place first: {example}.").format(example="`[…, …, …]`")
        ) from None
    if any(is_missing(name) for name in order) or not order:
        raise Unreadable(_("Some places have no name yet."))
    if any(isinstance(name, (list, tuple, Set)) or hasattr(name, "columns") for name in order):
        raise Unreadable(_("Two names share a place: give each name a place of its own."))
    return order
