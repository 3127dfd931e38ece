"""Hypothesis runs a test's body many times, and at last once more with the example that fails.

Shown is that last attempt, whole: what came before has used up the functions' shares and the
budget of values long since. It is known by the method of hypothesis that makes an attempt, and by
the argument that says whether it is the one to tell of (`is_final`; also set for the examples that
a user gave). Both are there from 6.100 on; where they are not, attempts are calls as any others.
"""

from __future__ import annotations

from types import CodeType, FrameType

from ..model import Function
from .codes import CodeInfo
from .records import START, Recording

MODULE, METHOD = "hypothesis.core", "execute_once"
STAND_IN = "hypothesis_temporary_module_"
"""Begins the module of the function that hypothesis puts in a test's place: its code bears the
file and line of the test, and is no part of it."""


def starter(code: CodeType, module: object) -> CodeInfo | None:
    """Return the CodeInfo of the method that begins an attempt, if `code` is that method's."""
    if code.co_name != METHOD or module != MODULE:
        return None
    info = CodeInfo(code, Function("hypothesis", METHOD, code.co_firstlineno), -1)
    info.begins_attempt = info.is_special = info.rows_only = True
    return info


def is_final(frame: FrameType, *, clear: bool) -> bool:
    """Whether the attempt that begins in `frame` is the one that hypothesis tells of."""
    local = frame.f_locals
    final = local.get("is_final") is True
    if clear:
        local.clear()  # before 3.13 this dict would keep what it shows alive
    return final


def begin_attempt(recording: Recording, clock: int) -> None:
    """Remember what the test did before its first attempt."""
    if recording.attempted_at is None:
        recording.attempted_at = clock
        recording.before_attempts = dict(recording.rows)


def forget_attempts(recording: Recording) -> dict[int, int]:
    """Drop what earlier attempts left; return their rows, which were the test's until now.

    The rows stay in `recording.attempts`: a test that passes has run them all.
    """
    since = recording.attempted_at or 0
    kept = [entry for entry in recording.entries() if entry[START] <= since]
    recording.close()
    recording.touched.clear()
    recording.first.clear()
    recording.first.extend(kept)
    recording.last.clear()
    recording.cut.clear()
    recording.shares = 0
    rows = dict(recording.rows)
    for index, mask in rows.items():
        recording.attempts[index] = recording.attempts.get(index, 0) | mask
    recording.rows.clear()
    recording.rows.update(recording.before_attempts)
    return rows
