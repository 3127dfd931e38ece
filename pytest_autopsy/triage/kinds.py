"""Kinds of failure that come again in every project, known by what the exception says.

A row of RULES is a kind, the pattern that shows it, and the group of the pattern that is its
subject: the module, column or argument that it is about. Failures of one kind and one subject are
one cause, whatever code they went through. The first row that matches decides.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

MISSING_MODULE = "missing dependency"
MISSING_COLUMN = "missing column"
MISUSE = "API misuse"
DATES = "date dtype mismatch"
EMPTY = "empty data"
MISALIGNED = "misaligned arrays"
MISSING_KEY = "missing key"
UNSET = "unset name"
TYPES = "type mismatch"
OUTSIDE = "environment"
ASSERTION = "assertion"
OTHER = "other"
KINDS = (
    MISSING_MODULE, MISSING_COLUMN, MISUSE, DATES, EMPTY, MISALIGNED, MISSING_KEY, UNSET, TYPES,
    OUTSIDE, ASSERTION, OTHER,
)  # fmt: skip
_Q = r"[\"'`]"

RULES: tuple[tuple[str, str], ...] = (
    (MISSING_MODULE, rf"No module named {_Q}?(?P<s>[\w.]+)"),
    (MISSING_MODULE, rf"[Mm]issing (?:optional|required) dependency {_Q}?(?P<s>[\w.-]+)"),
    (MISSING_MODULE, rf"[Ii]mport(?:ing)? {_Q}?(?P<s>\w+){_Q}? (?:requires|failed)|(?P<t>\w+) is not installed"),
    (MISSING_COLUMN, rf"[Rr]eferenced column {_Q}(?P<s>[^\"'`]+){_Q} not found"),
    (MISSING_COLUMN, r"no such column: (?P<s>[\w.]+)"),
    (MISSING_COLUMN, rf"[Cc]olumn {_Q}?(?P<s>[\w.]+){_Q}? (?:does not exist|not found|must appear)"),
    (MISSING_COLUMN, r"\[(?P<s>[^\]\n]{1,200})\] not (?:in index|found in axis)"),
    (MISSING_COLUMN, r"None of \[(?:Index\(\[)?(?P<s>[^\]\n]{1,200})\]"),
    (MISSING_COLUMN, r"No match for FieldRef\.Name\((?P<s>\w+)\)"),
    (MISSING_COLUMN, r"(?:Usecols|usecols) do not match columns.*?(?P<s>\[[^\]\n]{1,200}\])"),
    (MISUSE, rf"(?P<s>[\w.<>]+\(\)) got an unexpected keyword argument {_Q}(?P<t>\w+)"),
    (MISUSE, rf"unexpected keyword argument:? {_Q}?(?P<s>\w+)"),
    (MISUSE, rf"(?P<s>[\w.<>]+\(\)) got multiple values for (?:keyword )?argument {_Q}(?P<t>\w+)"),
    (MISUSE, r"(?P<s>[\w.<>]+\(\)) missing \d+ required (?:positional|keyword-only) arguments?: (?P<t>.{1,200})"),
    (MISUSE, r"(?P<s>[\w.<>]+\(\)) takes .{1,60}positional arguments? but"),
    (MISUSE, rf"{_Q}(?P<s>(?!NoneType)[\w.]+){_Q} (?:object )?has no attribute {_Q}(?P<t>\w+)"),
    (MISUSE, rf"cannot import name {_Q}(?P<s>\w+){_Q} from {_Q}(?P<t>[\w.]+)"),
    (MISUSE, rf"{_Q}(?P<s>\w+){_Q} (?:object )?is not (?:callable|subscriptable)"),
    (DATES, r"tz-naive and tz-aware|offset-naive and offset-aware"),
    (DATES, r"[Cc](?:an't|annot) compare (?:datetime|date|[Tt]imestamp)"),
    (DATES, r"between (?:dtype=)?(?:datetime64|period|timedelta|Timestamp).{0,80}\b(?:int|str|date|object)"),
    (DATES, r"instances of 'datetime\.?\w*' and|and 'datetime\.?\w*'|instances of 'Timestamp' and|and 'Timestamp'"),
    (DATES, r"[Cc]annot compare values of type (?:DATE|TIMESTAMP|VARCHAR|INTEGER|BIGINT).{0,20} and (?:type )?(?:DATE|TIMESTAMP)"),
    (DATES, r"merge on (?:object|int64|datetime64\S*) and (?:datetime64|object|int64)\S* columns for key '(?P<s>\w*(?:date|time|day|month)\w*)'"),
    (EMPTY, r"empty sequence|empty slice|arg is an empty|iterable argument is empty|zero-size array"),
    (EMPTY, r"with size 0\b|with 0 sample|No columns to parse|No objects to concatenate|empty data"),
    (EMPTY, r"single positional indexer is out-of-bounds|at least one data point|cannot .{1,40} empty|from empty|is empty\b"),
    (MISALIGNED, r"could not be broadcast|not aligned|must (?:all )?be (?:of )?the same length|must have the? ?same"),
    (MISALIGNED, r"does not match length|[Aa]rrays? must (?:all )?(?:be|have) .{0,30}same|dimensions .{0,60}must match"),
    (MISALIGNED, r"identically-labeled|[Ii]nconsistent numbers of samples|Unalignable|reindex on an axis with duplicate"),
    (MISALIGNED, r"[Ss]hape mismatch|zip\(\) argument \d+ is (?:shorter|longer)|Lengths must match"),
)  # fmt: skip
"""In this order. A subject is taken from group `s`, and `t` beside it."""

_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in RULES)
_COMPARED = re.compile(
    r"not supported between instances of '(\w+)' and '(\w+)'|merge on (\w+) and (\w+) columns"
)
_DATE_WORD = re.compile(r"[\"'.]?\b(\w*(?:date|time|day|month|year)\w*)\b", re.I)
_TABLE = re.compile(
    r"\b(?:df|data|frame|table|merged|panel|quotes|prices|\w+_df|df_\w+)(?:\.loc)?\s*\[|\.groupby\(|\.merge\(|read_(?:csv|parquet)"
)
_TABLE_FILE = re.compile(r"site-packages/(?:pandas|polars|duckdb|pyarrow|dask)/")
_BY_TYPE = {
    "ModuleNotFoundError": MISSING_MODULE, "ColumnNotFoundError": MISSING_COLUMN,
    "EmptyDataError": EMPTY, "NoDataError": EMPTY, "KeyError": MISSING_KEY, "NameError": UNSET,
    "UnboundLocalError": UNSET, "AssertionError": ASSERTION, "ConnectionError": OUTSIDE,
    "ConnectionRefusedError": OUTSIDE, "TimeoutError": OUTSIDE, "FileNotFoundError": OUTSIDE,
    "PermissionError": OUTSIDE, "OSError": OUTSIDE, "ShapeError": MISALIGNED,
}  # fmt: skip
SUBJECT_DECIDES = frozenset((MISSING_MODULE, MISSING_COLUMN, MISUSE))
"""Kinds in which the subject is the cause, whatever code met it."""


class Shape(NamedTuple):
    """What a failure is about: a kind, and its subject where one is named."""

    kind: str
    subject: str = ""


@lru_cache(maxsize=4096)
def shape_of(
    raised: str, message: str, code: str = "", frames: tuple[tuple[str, str], ...] = ()
) -> Shape:
    """Return the kind and subject of a failure, by what its exception and its code say."""
    first = message[:600]
    if raised == "AssertionError":
        return Shape(ASSERTION)
    for kind, pattern in _COMPILED:
        match = pattern.search(first)
        if match:
            return Shape(kind, _subject(kind, match))
    if raised == "KeyError" and (
        _TABLE.search(code) or any(_TABLE_FILE.search(f) for f, _ in frames)
    ):
        return Shape(MISSING_COLUMN, first.strip().strip("'\""))
    if raised == "ColumnNotFoundError":
        return Shape(MISSING_COLUMN, first.partition("\n")[0].strip().strip("'\"")[:100])
    compared = _COMPARED.search(first)
    if compared:
        dated = _DATE_WORD.search(code) or _DATE_WORD.search(first)
        return Shape(DATES, dated[1]) if dated else Shape(TYPES)
    if raised in ("KeyError", "NameError", "UnboundLocalError"):
        quoted = re.search(r"'([^'\n]{1,100})'", first)
        return Shape(_BY_TYPE[raised], quoted[1] if quoted else first.strip()[:100])
    if raised == "IndexError" and "list index" in first:
        return Shape(EMPTY)
    return Shape(_BY_TYPE.get(raised, OTHER))


def _subject(kind: str, match: re.Match[str]) -> str:
    found = match.groupdict()
    parts = [found.get("s"), found.get("t")]
    if kind == MISSING_MODULE:
        parts = [(found.get("s") or found.get("t") or "").partition(".")[0]]
    if kind == MISSING_COLUMN and parts[0]:
        parts = [", ".join(sorted(one.strip(" '\"") for one in parts[0].split(",")))]
    return " ".join(part.strip() for part in parts if part)[:120]
