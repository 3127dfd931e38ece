"""Footprints of many tests in little memory: which functions with which lines, as numbers.

A dict of 200 functions takes about 15 kB; there are 50,000 tests. Each pair of a function and its
lines has a number in the run's table, a test's row is the bytes of its numbers, and tests with the
same row share it.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import ItemsView, Iterable, Iterator, Mapping

Pair = tuple[int, int]
_NARROW = 1 << 16


class Rows(Mapping[int, int]):
    """Function's index -> bit mask of its lines, in order of first call. Made by a PairTable.

    To be read with `items()`: looking one function up goes through the row.
    """

    __slots__ = ("_numbers", "table")

    def __init__(self, table: PairTable, numbers: bytes) -> None:
        self.table = table
        self._numbers = numbers

    def pairs(self) -> list[Pair]:
        """Return the pairs of index and mask."""
        known = self.table.pairs
        return [known[number] for number in self.table.decoded(self._numbers)]

    def numbers(self) -> array[int]:
        """Return the numbers of the pairs in the table."""
        return self.table.decoded(self._numbers)

    def items(self) -> ItemsView[int, int]:
        """Return the pairs as a dict does."""
        return dict(self.pairs()).items()

    def __getitem__(self, index: int) -> int:
        return dict(self.pairs())[index]

    def __iter__(self) -> Iterator[int]:
        return iter([index for index, _ in self.pairs()])

    def __len__(self) -> int:
        return len(self.numbers())


class PairTable:
    """Numbers pairs of a function's index and the mask of its lines."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self._numbers = _Numbers(self.pairs)
        self._rows: dict[bytes, Rows] = {}

    def rows(self, lines: Mapping[int, int]) -> Rows:
        """Return `lines` in little memory: the same object for the same pairs in the same order."""
        found = list(map(self._numbers.__getitem__, lines.items()))
        wide = len(self.pairs) > _NARROW
        raw = (b"I" if wide else b"H") + array("I" if wide else "H", found).tobytes()
        known = self._rows.get(raw)
        if known is None:
            known = self._rows[raw] = Rows(self, raw)
        return known

    def decoded(self, raw: bytes) -> array[int]:
        """Return the numbers that a row's bytes hold."""
        numbers = array(chr(raw[0]))
        numbers.frombytes(raw[1:])
        return numbers


class _Numbers(dict[Pair, int]):
    """Pair -> its number, which it is given when it is first asked for."""

    def __init__(self, pairs: list[Pair]) -> None:
        self._pairs = pairs

    def __missing__(self, pair: Pair) -> int:
        number = self[pair] = len(self._pairs)
        self._pairs.append(pair)
        return number


def joined(rows: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Return what any of the rows holds, in order of first calls."""
    found: dict[int, int] = {}
    for row in rows:
        both = found.keys() & row.keys()
        masks = [(index, found[index] | row[index]) for index in both] if both else ()
        found.update(row)
        found.update(masks)
    return found


def tally(rows: Iterable[Mapping[int, int]]) -> dict[int, dict[int, int]]:
    """Return function's index -> mask -> how many of the rows hold it."""
    found: dict[int, dict[int, int]] = {}
    plain: Counter[Pair] = Counter()
    counted: dict[int, tuple[PairTable, Counter[int]]] = {}
    for row in rows:
        if isinstance(row, Rows):
            counted.setdefault(id(row.table), (row.table, Counter()))[1].update(row.numbers())
        else:
            plain.update(row.items())
    for table, numbers in counted.values():
        for number, count in numbers.items():
            plain[table.pairs[number]] += count
    for (index, mask), count in plain.items():
        found.setdefault(index, {})[mask] = count
    return found
