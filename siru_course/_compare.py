"""How an answer is read and compared with what is expected.

Nothing here shows what is expected: the messages reach the learner, also those of hidden tests.
"""

from __future__ import annotations

import itertools
import math
import re
import reprlib
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral, Rational, Real
from typing import Any

from .language import gettext as _
from .language import ngettext
from .language import number as spoken

_DASHES_AND_QUOTES = str.maketrans("‐‑‒–—−’‘”“„", "------''\"\"\"")
_SHORT = reprlib.Repr()
_SHORT.maxother = _SHORT.maxstring = 60
# A learner's generator may never end.
_LONGEST = 10_000


@dataclass(frozen=True)
class Outcome:
    """What a comparison found: the share that is met, what the learner has, and what to do next."""

    share: float
    have: str = ""
    todo: str = ""


class Unreadable(Exception):  # noqa: N818
    """An answer of a kind that cannot be compared; the message says what to write instead."""


class AuthorError(ValueError):
    """A check that is written wrongly: the one error that a task does not keep to itself."""


def evaluate(value: Any) -> Any:
    """Give the answer itself; `Unreadable` when there is none yet."""
    if callable(value):
        try:
            value = value()
        # A learner's function may call sys.exit.
        except (Exception, SystemExit) as error:
            raise Unreadable(explain(error)) from None
    if value is None or value is ...:
        raise Unreadable(unanswered())
    if callable(value):
        name = getattr(value, "__name__", type(value).__name__)
        raise Unreadable(_("`{name}` is a function: write parentheses after it to run it.").format(name=name))
    return list(itertools.islice(value, _LONGEST)) if isinstance(value, Iterator) else value


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
    if type(error) is KeyError and error.args:
        return _("There is nothing called `{key}` in your answer: check the spelling.").format(key=short(error.args[0]))
    kind = type(error).__name__
    return _("Python stopped with: {error}").format(error=_cut(f"{said} ({kind})" if said else kind, 200))


def unanswered() -> str:
    """Say that there is no answer yet."""
    return _("Not answered yet: replace the three dots in the cell above.")


def look_again() -> str:
    """Say what to do when nothing better is known."""
    return _("Read the task once more and look at the cell above.")


def short(value: Any) -> str:
    """Write what a learner wrote, in at most 60 characters and without backticks."""
    try:
        text = str(value) if isinstance(value, str) else _SHORT.repr(_bare(value))
    except Exception:
        text = type(value).__name__
    return _cut(" ".join(text.split()), 60).replace("`", "'")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _bare(value: Any) -> Any:
    """Take a single value out of NumPy's scalar or out of an array or series of one."""
    shape = getattr(value, "shape", None)
    if shape == ():
        return value.item()
    if isinstance(shape, tuple) and math.prod(shape) == 1:
        import numpy as np

        return _bare(np.asarray(value).reshape(-1)[0])
    return value


def is_missing(value: Any) -> bool:
    """Tell whether a cell or an item has no answer: None, three dots, nothing written, or NaN."""
    if value is None or value is ... or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, str):
        return value.strip() in ("", "...", "…")
    return isinstance(value, (Real, Decimal)) and math.isnan(value)


def plain(value: Any) -> str:
    """Write a value so that equal answers become equal text: case, spaces and kinds of number do not matter."""
    value = _bare(value)
    if isinstance(value, (Real, Decimal)) and not isinstance(value, (bool, Rational)):
        number = float(value)
        return str(int(number)) if number.is_integer() else repr(number)
    if isinstance(value, tuple):
        return "\x1f".join(plain(part) for part in value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    text = unicodedata.normalize("NFKC", str(value)).translate(_DASHES_AND_QUOTES)
    return " ".join(unicodedata.normalize("NFC", text.casefold()).split())


def read_number(answer: Any) -> float:
    """Read one number; `Unreadable` says what to write instead."""
    if isinstance(answer, tuple) and len(answer) == 2 and all(type(part) is int for part in answer) and answer[1] >= 0:
        written = f"{answer[0]}.{answer[1]}"
        raise Unreadable(
            _("Write {number} with a decimal point: Python reads a comma as two numbers.").format(number=written)
        )
    answer = _bare(answer)
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


def allowed_error(expected: Any, tolerance: float | None) -> float:
    """Give how far from `expected` a number may be; the rule is in :func:`siru_course.checks.number`."""
    size = abs(float(expected))
    # Without the slack 0.42 would not be within 0.01 of 0.41, as 0.42 − 0.41 is 0.010000000000000009.
    slack = 1e-9 * max(1.0, size)
    if tolerance is not None:
        return tolerance + slack
    if isinstance(expected, Integral):
        return slack
    return max(1e-6 * size, min(0.005, 0.05 * size)) + slack


def number(answer: Any, expected: Any, tolerance: float | None) -> Outcome:
    """Compare one number."""
    value, target = read_number(answer), float(expected)
    if abs(value - target) <= allowed_error(expected, tolerance):
        return Outcome(1.0)
    have = shown(value)
    # An answer a hair from the right one would be shown as the right one.
    have = "" if have == shown(target) else _("You have {answer}.").format(answer=have)
    if 0 < target <= 1 and abs(value / 100 - target) <= allowed_error(target, tolerance):
        return Outcome(0.0, have, _("This looks like a percentage: write a share between 0 and 1."))
    if 0 < abs(value - target) < 0.1 * abs(target) and any(_same(round(target, d), value) for d in range(-6, 6)):
        return Outcome(0.0, have, _("This looks rounded: give more decimals, or do not round."))
    return Outcome(0.0, have, look_again())


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-12)


def shown(value: float) -> str:
    """Write a number with six significant figures at most, as the language in use writes it."""
    if value == 0 or abs(value) >= 1e15 or abs(value) < 1e-9:
        return f"{value:g}"
    text = spoken(value, max(0, 5 - math.floor(math.log10(abs(value)))))
    return re.sub(r"(?<=[.,]\d)(\d*?)0+$", r"\1", text).removesuffix(".0").removesuffix(",0")


def one_word(answer: Any) -> str:
    """Read an answer of one word or phrase; `Unreadable` says what to write instead."""
    answer = _bare(answer)
    if isinstance(answer, (list, tuple, Set)) and len(answer) == 1:
        answer = next(iter(answer))
    if is_missing(answer):
        raise Unreadable(unanswered())
    if not isinstance(answer, str) and (hasattr(answer, "shape") or isinstance(answer, Collection)):
        raise Unreadable(_("One answer is needed; this is a collection of several."))
    return str(answer)


def text(answer: Any, expected: Collection[str]) -> Outcome:
    """Compare text with the accepted answers."""
    word = one_word(answer)
    if plain(word) in {plain(right) for right in expected}:
        return Outcome(1.0)
    return Outcome(0.0, _have(word), look_again())


def choice(answer: Any, expected: Collection[Any], options: Collection[Any] | None) -> Outcome:
    """Compare a choice: ``a``, ``A `` and ``A)`` are the same choice."""
    word = one_word(answer)
    if letter(word) in {letter(right) for right in expected}:
        return Outcome(1.0)
    if options is not None and letter(word) not in {letter(option) for option in options}:
        return Outcome(0.0, _have(word), _("Choose one of: {options}.").format(options=listed(options)))
    return Outcome(0.0, _have(word), look_again())


def letter(value: Any) -> str:
    """Write a choice so that ``b``, ``B`` and ``B)`` are equal."""
    return plain(value).rstrip(".) ")


def listed(options: Collection[Any]) -> str:
    """List options in the order they were given; a mapping's are its keys."""
    return ", ".join(f"`{short(option)}`" for option in options)


def _have(word: str) -> str:
    return _("You have `{answer}`.").format(answer=short(word))


def read_pairs(answer: Any) -> dict[str, Any]:
    """Read a classification: a mapping, a series, or a list of pairs; the items become plain text."""
    if not isinstance(answer, Mapping) and isinstance(answer, Collection) and not hasattr(answer, "shape"):
        pairs = [pair for pair in answer if isinstance(pair, (list, tuple)) and len(pair) == 2]
        answer = dict(pairs) if pairs and len(pairs) == len(answer) else answer
    if not isinstance(answer, Mapping) and not (hasattr(answer, "items") and hasattr(answer, "index")):
        raise Unreadable(_("Write a dictionary: {example}.").format(example="`{…: …, …: …}`"))
    if len(getattr(answer, "shape", (1,))) != 1:
        raise Unreadable(_("Write a dictionary: {example}.").format(example="`{…: …, …: …}`"))
    return {plain(item): given for item, given in answer.items()}


def choices(answer: Any, expected: Mapping[str, Set[str]], options: Collection[Any] | None) -> Outcome:
    """Compare a classification: how many items are right, never which."""
    given = read_pairs(answer)
    words = {item: _word_or_none(given.get(item)) for item in expected}
    blank = sum(word is None for word in words.values())
    if blank == len(expected) and not set(given) - set(expected):
        raise Unreadable(unanswered())
    right = sum(words[item] in accepted for item, accepted in expected.items())
    if right == len(expected):
        return Outcome(1.0)
    todo = []
    if blank:
        todo.append(ngettext("{n} item has no answer yet.", "{n} items have no answer yet.", blank).format(n=blank))
    for item in given:
        if item not in expected:
            todo.append(_("`{item}` is not one of the items.").format(item=short(item)))
            break
    allowed = {letter(option) for option in options or ()}
    for item, word in words.items():
        if allowed and word is not None and word not in allowed:
            chosen = _("`{answer}` cannot be chosen; choose among: {options}.")
            todo.append(chosen.format(answer=short(given[item]), options=listed(options or ())))
            break
    have = _("{right} of {total} are right.").format(right=right, total=len(expected))
    return Outcome(right / len(expected), have, " ".join(todo) or look_again())


def _word_or_none(given: Any) -> str | None:
    try:
        return letter(one_word(given))
    except Unreadable:
        # Two answers to one item are an answer, but never a right one.
        return "" if isinstance(given, Collection) and not isinstance(given, str) and len(given) else None


def wrong_choice(answer: Any, key: Any, expected: Mapping[str, Set[str]]) -> bool:
    """Tell whether a classification has the wrong answer `key`: an answer, or a pair of item and answer."""
    given = read_pairs(answer)
    wrong = {
        item: word
        for item, accepted in expected.items()
        if (word := _word_or_none(given.get(item))) is not None and word not in accepted
    }
    if isinstance(key, tuple) and len(key) == 2:
        return wrong.get(plain(key[0])) == letter(key[1])
    return letter(key) in wrong.values()


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


def ranking(answer: Any, expected: Collection[Any], partial: bool) -> Outcome:
    """Compare an order; with `partial`, by the share of pairs in the right order."""
    order = read_order(answer)
    place = {plain(name): position for position, name in enumerate(order)}
    names = {plain(name): name for name in expected}
    todo = _about_names(order, names)
    if todo:
        return Outcome(0.0, "", todo)
    right = sum(place[before] < place[after] for before, after in itertools.combinations(names, 2))
    pairs = math.comb(len(names), 2)
    if right == pairs:
        return Outcome(1.0)
    if partial:
        have = _("{right} of {total} pairs are in the right order.").format(right=right, total=pairs)
        return Outcome(right / pairs, have, look_again())
    return Outcome(0.0, _("The names are the right ones, but not in the right order."), look_again())


def _about_names(order: list[Any], names: Mapping[str, Any]) -> str:
    todo = []
    seen: dict[str, Any] = {}
    for name in order:
        if plain(name) in seen:
            todo.append(_("`{name}` is there more than once.").format(name=short(name)))
        seen.setdefault(plain(name), name)
    strange = [name for key, name in seen.items() if key not in names]
    if strange:
        todo.append(_("Not among the names to rank: {names}.").format(names=listed(strange[:3])))
    # In alphabetical order: the order asked for is the answer.
    absent = sorted((short(name) for key, name in names.items() if key not in seen), key=str.casefold)
    if absent:
        todo.append(_("Not ranked yet: {names}.").format(names=listed(absent)))
    return " ".join(todo)


def first_hint(hints: Any, answer: Any, matches: Callable[[Any], bool]) -> str:
    """Give the message of the first hint that recognises the answer; a hint that fails is no match."""
    for key, message in hints.items() if isinstance(hints, Mapping) else hints or ():
        try:
            if bool(key(answer)) if callable(key) else matches(key):
                return str(message)
        except Exception:
            continue
    return ""
