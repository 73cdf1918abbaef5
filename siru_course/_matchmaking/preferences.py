"""Lists of preferences, read and checked, and deferred acceptance: what is behind ``matchmaking.stable``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .._arguments import short, whole
from ..language import gettext as _

Preferences = Mapping[Any, Sequence[Any]]
Capacities = Mapping[Any, int]
# For each name, the place of every other name on its list; the favourite has 0.
Places = dict[Any, dict[Any, int]]


def deferred_acceptance(asking: Places, asked: Places, seats: Capacities, room: Capacities) -> dict[Any, list[Any]]:
    """Let everybody ask down its list while it has seats left; those asked keep the best they have room for."""
    held: dict[Any, list[Any]] = {name: [] for name in asked}
    left = dict(seats)
    to_ask = {name: list(order)[::-1] for name, order in asking.items()}
    free = list(asking)[::-1]
    while free:
        name = free.pop()
        while left[name] and to_ask[name]:
            other = to_ask[name].pop()
            if name not in asked[other]:
                continue
            held[other].append(name)
            left[name] -= 1
            if len(held[other]) > room[other]:
                refused = max(held[other], key=asked[other].__getitem__)
                held[other].remove(refused)
                left[refused] += 1
                free.append(refused)
    return held


def read_sides(proposers: Preferences, receivers: Preferences) -> tuple[Places, Places]:
    """Read both sides' lists, and check that whoever is listed is there."""
    mine, theirs = read_lists("proposers", proposers), read_lists("receivers", receivers)
    for lists, side, others in ((mine, "receivers", theirs), (theirs, "proposers", mine)):
        for name, order in lists.items():
            for other in order:
                if other not in others:
                    raise KeyError(
                        _("{name} lists {other}, who is not in {side}; check the spelling.").format(
                            name=name, other=short(other), side=side
                        )
                    )
    return mine, theirs


def read_lists(name: str, value: object) -> Places:
    """Give each name's list as places; ``ValueError`` where it is not a list or has a name twice."""
    lists = _mapping(name, value)
    if not isinstance(lists, Mapping) or not lists:
        raise ValueError(
            _("{name} is {value}; give a mapping from each name to its list, the favourite first.").format(
                name=name, value=short(value)
            )
        )
    read: Places = {}
    for who, order in lists.items():
        if isinstance(order, Mapping) or not pd.api.types.is_list_like(order, allow_sets=False):
            raise ValueError(
                _("{who} in {name} has {value}; give a list of names, the favourite first.").format(
                    who=who, name=name, value=short(order)
                )
            )
        order = list(order)
        read[who] = {other: place for place, other in enumerate(order)}
        if len(read[who]) < len(order):
            twice = next(other for place, other in enumerate(order) if read[who][other] != place)
            raise ValueError(
                _("{who} in {name} lists {other} twice; a name may stand once on a list.").format(
                    who=who, name=name, other=twice
                )
            )
    return read


def read_capacities(value: object, names: Any) -> dict[Any, int]:
    """Give everybody's places: those that are given, and one for each of the others."""
    given = _mapping("capacities", {} if value is None else value)
    if not isinstance(given, Mapping):
        raise ValueError(
            _("capacities is {value}; give a mapping from names to how many places each has.").format(
                value=short(value)
            )
        )
    for name in given:
        check_known("capacities", names, name)
    return {name: whole(f"capacities[{name!r}]", given.get(name, 1), 0) for name in names}


def read_matching(matching: object) -> dict[Any, Any]:
    """Give the pairs of a matching, without those who have no partner."""
    pairs = _mapping("matching", matching)
    if not isinstance(pairs, Mapping):
        raise ValueError(
            _("matching is {value}; give a mapping from proposers to receivers, as stable gives.").format(
                value=short(matching)
            )
        )
    for name, partner in pairs.items():
        if pd.api.types.is_list_like(partner):
            raise ValueError(
                _("matching has {value} for {name}; give one partner each.").format(value=short(partner), name=name)
            )
    return {name: partner for name, partner in pairs.items() if not pd.isna(partner)}


def check_known(argument: str, names: Any, name: object) -> None:
    """Raise ``KeyError`` if a name in the matching or the capacities is not there."""
    if name not in names:
        known = ", ".join(map(str, names))
        message = (
            _("capacities has {name}, which is not there; the names are {names}.")
            if argument == "capacities"
            else _("matching has {name}, who is not in {argument}; the names there are {names}.")
        )
        raise KeyError(message.format(name=short(name), argument=argument, names=known))


def _mapping(name: str, value: object) -> object:
    """Take a Series as a mapping from its index, where each name may stand once."""
    if not isinstance(value, pd.Series):
        return value
    for who in value.index[value.index.duplicated()]:
        raise ValueError(_("{who} stands twice in {name}; leave one out.").format(who=who, name=name))
    return value.to_dict()
