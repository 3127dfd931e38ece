"""A line for who waits: not before two seconds, not twice at once, gone at the end."""

from __future__ import annotations

import io

import pytest

from pytest_autopsy import progress as progress_of
from pytest_autopsy.progress import Progress, at_stderr, at_terminal


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def watched() -> tuple[Progress, Clock, list[str]]:
    clock, lines = Clock(), []
    return Progress(lines.append, clock), clock, lines


def test_nothing_is_said_of_short_work():
    progress, clock, lines = watched()
    progress.begin("counting")
    for _ in range(10):
        clock.now += 0.19
        progress.step()
    progress.rest()
    assert lines == []


def test_long_work_says_what_and_how_long():
    progress, clock, lines = watched()
    progress.begin("counting")
    progress.step()
    clock.now += 2.5
    progress.step()
    assert lines == ["autopsy: counting, 2 done (2 s)"]
    clock.now += 0.1
    progress.step()
    assert len(lines) == 1
    clock.now += 1
    progress.begin("writing")
    assert lines[1] == "autopsy: writing (4 s)"
    progress.rest()
    assert lines[2:] == [""]


def test_time_in_which_others_work_does_not_count():
    progress, clock, lines = watched()
    for _ in range(3):
        progress.begin("reading")
        clock.now += 0.9
        progress.rest()
        clock.now += 60
    progress.begin("counting")
    assert lines == ["autopsy: counting (3 s)"]


def test_what_is_told_takes_the_place_of_the_count():
    progress, clock, lines = watched()
    progress.begin("looking for files")
    clock.now += 2.5
    progress.tell("3 files read")
    assert lines == ["autopsy: 3 files read (2 s)"]


@pytest.mark.parametrize("watches", [True, False])
def test_standard_error_only_where_it_is_a_terminal(
    monkeypatch: pytest.MonkeyPatch, watches: bool
) -> None:
    screen = io.StringIO()
    screen.isatty = lambda: watches  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr(progress_of, "AFTER", 0.0)
    progress = at_stderr()
    progress.begin("reading")
    progress.rest()
    last = screen.getvalue().split("\r")
    assert [one.rstrip() for one in last] == (
        ["", "autopsy: reading (0 s)", "", ""] if watches else [""]
    )


def test_nobody_looks():
    progress = Progress(None, clock := Clock())
    progress.begin("counting")
    clock.now += 60
    progress.step()
    progress.rest()


class Reporter:
    def __init__(self, isatty: bool) -> None:
        self.isatty = isatty
        self.lines: list[str] = []

    def ensure_newline(self) -> None:
        self.lines.append("\n")

    def rewrite(self, line: str, erase: bool = False) -> None:
        assert erase
        self.lines.append(line)


class Plugins:
    def __init__(self, reporter: Reporter | None) -> None:
        self.reporter = reporter

    def get_plugin(self, name: str) -> Reporter | None:
        assert name == "terminalreporter"
        return self.reporter


def test_only_a_terminal_shows_it():
    for reporter in (Reporter(isatty=True), Reporter(isatty=False), None):
        progress = at_terminal(Plugins(reporter))
        progress._clock = clock = Clock()
        progress.begin("counting")
        clock.now += 3
        progress.step()
        progress.rest()
        if reporter is not None:
            assert reporter.lines == (
                ["\n", "autopsy: counting, 1 done (3 s)", "\n", ""] if reporter.isatty else []
            )
