"""Who is who: the people of a class, and how a name that somebody else wrote is matched to one of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Letters that Unicode does not take apart into a letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


@dataclass(frozen=True)
class Person:
    """A student, as nbgrader's gradebook keeps one.

    Parameters
    ----------
    id
        The name of the student's folder.
    first, last, email
        As the list of the class has them; may be empty.
    lms
        The number that the learning platform has given the student; may be empty.
    """

    id: str
    first: str = ""
    last: str = ""
    email: str = ""
    lms: str = ""


def fold(text: str) -> str:
    """Write a name without accents and in small letters, its words parted by one space.

    Examples
    --------
    >>> fold("ÅSTRÖM, Zoë-Maria")
    'astrom zoe maria'
    """
    text = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", text))


def folder_name(text: str) -> str:
    """Make a name for a folder that is the same on every system and means nothing to nbgrader: ``a-z 0-9 . _ @ -``.

    Examples
    --------
    >>> folder_name("Åsa+Öberg@liu.se"), folder_name("../../etc"), folder_name("???")
    ('asa-oberg@liu.se', 'etc', '')
    """
    text = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9._@-]+", "-", text).strip(".-")[:64]


class People:
    """The people of a class, to be looked up by what a platform or a person calls them.

    Parameters
    ----------
    people
        Everybody in the class.

    Examples
    --------
    >>> room = People([Person("ada", "Ada", "Lovelace", "ada@x.se", "17"), Person("bo", "Bo", "Ek")])
    >>> [person.id for person in room.named("LOVELACE, Ada")], [person.id for person in room.canvas("17", "")]
    (['ada'], ['ada'])
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self._people = list(people)
        self._keys: dict[str, list[Person]] = {}
        self._folders: dict[str, list[Person]] = {}
        self._names: dict[str, list[Person]] = {}
        self._runs: dict[str, list[Person]] = {}
        for one in self._people:
            for key in {one.id.casefold(), one.email.casefold(), one.lms.casefold()} - {""}:
                self._keys.setdefault(key, []).append(one)
            self._folders.setdefault(folder_name(one.id), []).append(one)
            self._names.setdefault(_words(fold(f"{one.first} {one.last}")), []).append(one)
            for run in {_run(one.last, one.first), _run(one.first, one.last)}:
                self._runs.setdefault(run, []).append(one)

    def __len__(self) -> int:
        return len(self._people)

    def login(self, text: str) -> list[Person]:
        """Find by the id alone, as it is or as a folder is named after it."""
        close = self._folders.get(folder_name(text) or "?", [])
        return [one for one in close if one.id == text] or close

    def named(self, text: str) -> list[Person]:
        """Find by first and last name, in any order; the same accents go before none."""
        close = self._names.get(_words(fold(text)) or "?", [])
        exact = [one for one in close if _letters(f"{one.first} {one.last}") == _letters(text)]
        return exact or close

    def anything(self, text: str) -> list[Person]:
        """Find by id, e-mail, the platform's number or name; gives everybody who is called so."""
        plain = text.strip().casefold()
        found = {one.id: one for one in [*self._keys.get(plain, []), *self.named(text)]}
        return list(found.values()) or self.login(text)

    def canvas(self, number: str, squeezed: str) -> list[Person]:
        """Find by Canvas's number; only those without one by the name, which Canvas writes in one word."""
        if found := [one for one in self._keys.get(number, []) if one.lms == number]:
            return found
        return [one for one in self._runs.get(_run(squeezed, "") or "?", []) if not one.lms]


def _letters(text: str) -> list[str]:
    return sorted(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold()))


def _words(text: str) -> str:
    return " ".join(sorted(text.split()))


def _run(one: str, other: str) -> str:
    return fold(f"{one} {other}").replace(" ", "")
