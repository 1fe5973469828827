"""Where in a TOML file something stands, so that a fault names its line. `tomllib` does not tell."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

Place = tuple[str | int, ...]

_SKIPPED = re.compile(r"(?:[\s,]|#[^\n]*)*")  # blanks, commas, comments
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^\s,\]}#]+")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")


def line_of(text: str, place: Sequence[str | int]) -> int:
    """The line (from 1) of the deepest part of `place` that can be found; 1 where none can.

    `place` is a path of keys and of numbers in lists, as in `("nodes", 3, "questions", 0, "scale")`; `text` is TOML
    that `tomllib` has read.
    """
    found = _Scanner(text.replace("\r\n", "\n")).places()
    wanted = tuple(place)
    while wanted and wanted not in found:
        wanted = wanted[:-1]
    return found.get(wanted, 1)


class _Scanner:
    """Goes through a sound TOML text once and notes the line of every table, key and element."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.ends = [at for at, letter in enumerate(text) if letter == "\n"]
        self.found: dict[Place, int] = {}
        self.counted: dict[Place, int] = {}  # lists of tables, with the number of their newest

    def places(self) -> dict[Place, int]:
        table: Place = ()
        while not self._ends(""):
            if self._take("[["):
                table = self._list_table()
            elif self._take("["):
                table = self._note(self._resolved(tuple(self._keys())))
                self._take("]")
            else:
                self._pair(table)
        return self.found

    def _list_table(self) -> Place:
        *above, last = self._keys()
        name: Place = (*self._resolved(tuple(above)), last)
        self.counted[name] = self.counted.get(name, -1) + 1
        self._take("]]")
        return self._note((*name, self.counted[name]))

    def _resolved(self, keys: Place) -> Place:
        """A list of tables among the keys stands for its newest table."""
        place: Place = ()
        for key in keys:
            place = (*place, key)
            if place in self.counted:
                place = (*place, self.counted[place])
        return place

    def _pair(self, table: Place) -> None:
        place = table
        for key in self._keys():
            place = self._note((*place, key))
        self._match(_EQUALS)
        self._value(place)

    def _value(self, place: Place) -> None:
        if self._take("["):
            number = 0
            while not self._ends("]"):
                self._value(self._note((*place, number)))
                number += 1
        elif self._take("{"):
            while not self._ends("}"):
                self._pair(place)
        elif not self._match(_STRING):
            self._match(_SCALAR)

    def _keys(self) -> Iterator[str]:
        while True:
            self._match(_SKIPPED)
            quoted = self._match(_STRING)
            yield quoted[1:-1] if quoted else self._match(_BARE)
            if not self._match(_DOT):
                return

    def _ends(self, closing: str) -> bool:
        """Whether the next thing is the end: this bracket, which is taken, or that of the text."""
        self._match(_SKIPPED)
        return self.at >= len(self.text) or (bool(closing) and self._take(closing))

    def _note(self, place: Place) -> Place:
        self.found.setdefault(place, bisect_left(self.ends, self.at) + 1)
        return place

    def _take(self, word: str) -> bool:
        if not self.text.startswith(word, self.at):
            return False
        self.at += len(word)
        return True

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found[0] if found else ""
