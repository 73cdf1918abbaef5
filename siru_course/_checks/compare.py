"""How an answer is compared with what is expected.

Nothing here shows what is expected: the messages reach the learner, also those of hidden tests.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from ..language import gettext as _
from ..language import ngettext
from ..language import number as spoken
from .answers import (
    Unreadable,
    is_missing,
    letter,
    listed,
    look_again,
    one_word,
    plain,
    read_number,
    read_order,
    read_pairs,
    short,
    unanswered,
    word_or_none,
)


@dataclass(frozen=True)
class Outcome:
    """What a comparison found: the share that is met, what the learner has, and what to do next."""

    share: float
    have: str = ""
    todo: str = ""


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
    decimals = max(0, 5 - math.floor(math.log10(abs(value))))
    text = spoken(value, decimals)
    return text.rstrip("0").rstrip(".,") if decimals else text


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


def _have(word: str) -> str:
    return _("You have `{answer}`.").format(answer=short(word))


def choices(answer: Any, expected: Mapping[str, Set[str]], options: Collection[Any] | None) -> Outcome:
    """Compare a classification: how many items are right, never which."""
    pairs = read_pairs(answer)
    given = {plain(item): word_or_none(word) for item, word in pairs.items()}
    blank = sum(given.get(item) is None for item in expected)
    strange = [item for item in pairs if plain(item) not in expected]
    if blank == len(expected) and not strange:
        raise Unreadable(unanswered())
    right = sum(given.get(item) in accepted for item, accepted in expected.items())
    if right == len(expected):
        return Outcome(1.0)
    todo = []
    if blank:
        todo.append(ngettext("{n} item has no answer yet.", "{n} items have no answer yet.", blank).format(n=blank))
    if strange:
        todo.append(_("`{item}` is not one of the items.").format(item=short(strange[0])))
    allowed = {None, *map(letter, options)} if options else set(given.values())
    if unknown := [word for item, word in pairs.items() if given[plain(item)] not in allowed]:
        message = _("`{answer}` cannot be chosen; choose among: {options}.")
        todo.append(message.format(answer=short(unknown[0]), options=listed(options or ())))
    have = _("{right} of {total} are right.").format(right=right, total=len(expected))
    return Outcome(right / len(expected), have, " ".join(todo) or look_again())


def wrong_choice(answer: Any, key: Any, expected: Mapping[str, Set[str]]) -> bool:
    """Tell whether a classification has the wrong answer `key`: an answer, or a pair of item and answer."""
    given = {plain(item): word_or_none(word) for item, word in read_pairs(answer).items()}
    wrong = {item: given.get(item) for item, accepted in expected.items() if given.get(item) not in accepted}
    if isinstance(key, tuple) and len(key) == 2:
        return wrong.get(plain(key[0])) == letter(key[1])
    return letter(key) in wrong.values()


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


def holds(answer: Any, message: str) -> Outcome:
    """Tell whether a property holds, for all values when there are several; NaN does not."""
    if hasattr(answer, "shape"):
        import numpy as np

        met = bool(np.asarray(answer, dtype=bool).all()) and math.prod(answer.shape) > 0
    else:
        met = not is_missing(answer) and bool(answer)
    return Outcome(1.0) if met else Outcome(0.0, "", message)


def first_hint(hints: Any, answer: Any, matches: Callable[[Any], bool]) -> str:
    """Give the message of the first hint that recognises the answer; a hint that fails is no match."""
    for key, message in hints.items() if isinstance(hints, Mapping) else hints or ():
        try:
            if bool(key(answer)) if callable(key) else matches(key):
                return str(message)
        except Exception:
            continue
    return ""
