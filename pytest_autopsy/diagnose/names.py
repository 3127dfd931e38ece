"""Whose name the test speaks of: words of the test, its file and the message in the function's."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from ..model import Function
from .case import Case, Finding

NEAR = 0.8
"""How alike two names are (0 to 1, Ratcliff and Obershelp) of which one is a slip of the other."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NOISE = frozenset(
    ("test", "tests", "py", "self", "init", "the", "is", "a", "of", "and", "with", "in")
)


@lru_cache(maxsize=1 << 15)
def words(text: str) -> frozenset[str]:
    """Return the words of an identifier or sentence, lower case, plural s cut off."""
    found = (word.lower() for word in _WORD.findall(text))
    return frozenset(w[:-1] if len(w) > 3 and w.endswith("s") else w for w in found) - _NOISE


def much_like(name: str, known: Iterable[str]) -> str:
    """Return the name that is so much like `name` that one is a slip of the other, or ""."""
    return next(iter(get_close_matches(name, sorted(known), 1, NEAR)), "")


def find(case: Case) -> list[Finding]:
    """Return a finding for functions that share rare words with the failing tests' names."""
    candidates = {
        index
        for failure in case.failures
        if failure.footprint is not None
        for index in failure.footprint.lines
    }
    functions = [f for i in sorted(candidates) if (f := case.function(i)).kind == "code"]
    own = {f: _words_of(f) for f in functions}
    common = Counter(word for found in own.values() for word in found)
    spoken = _spoken(case)
    findings = []
    for function, mine in own.items():
        shared = mine & spoken
        if not shared:
            continue
        weight = sum(1 / (1 + math.log(common[word])) for word in shared)
        total = sum(1 / (1 + math.log(common[word])) for word in mine) or 1.0
        strength = min(weight / total, 1.0)
        fact = f"the failing tests' names say {', '.join(sorted(shared))}"
        findings.append(Finding(function, "names", strength, fact))
    return findings + _of_modules(case, functions)


def _of_modules(case: Case, functions: list[Function]) -> list[Finding]:
    """A finding for functions of the module that the failing tests' files are named after."""
    spoken = frozenset[str]().union(*(_stem(f.nodeid.split("::")[0]) for f in case.failures))
    findings = []
    for function in functions:
        stem = _stem(function.file)
        shared = stem & spoken
        if shared:
            fact = f"the failing tests' files are named after {function.file.rsplit('/', 1)[-1]}"
            findings.append(Finding(function, "module", len(shared) / len(stem), fact))
    return findings


@lru_cache(maxsize=1 << 14)
def _words_of(function: Function) -> frozenset[str]:
    """The words of a function's name, and of its file's."""
    return words(function.short) | _stem(function.file)


@lru_cache(maxsize=1 << 12)
def _stem(file: str) -> frozenset[str]:
    """The words of a file's name; of a package's __init__ those of its folder."""
    *folders, name = file.split("/")
    return words(folders[-1] if name == "__init__.py" and folders else name)


def _spoken(case: Case) -> frozenset[str]:
    """Words of the failing tests' names, parameters left out."""
    found: Counter[str] = Counter()
    for failure in case.failures:
        found.update(words(failure.nodeid.split("[")[0]))
    return frozenset(found)
