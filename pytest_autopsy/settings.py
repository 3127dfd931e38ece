"""What a run was asked to do: one frozen object, made by options.py or by plain code."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

MODES = ("all", "light", "second-run")
LEAST_BUDGET = 400
"""Tokens in which a first cause's title, culprit and command always have room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings with their defaults. Sizes are bytes, counts are pieces."""

    trace: bool = False
    snapshot: bool = False
    triage: bool = False
    triage_from: tuple[str, ...] = ()  # what else to triage: paths, seen from invocation_dir
    mode: str = "all"  # or light, or second-run
    markers: bool = True  # whether trace markers alone switch recording on
    forbidden: bool = False  # --no-autopsy: nothing, markers included
    trace_targets: tuple[str, ...] = ()
    trace_exclude: tuple[str, ...] = ()
    directory: Path = field(default_factory=lambda: Path(".autopsy"))
    rootdir: Path = field(default_factory=Path.cwd)
    invocation_dir: Path = field(default_factory=Path.cwd)
    keep_runs: int = 20
    max_disk: int = 500_000_000
    baseline: str = "auto"  # or none, or the folder of one
    values: str = "safe"  # or types, or none
    array_head: int = 5
    max_string: int = 500
    max_items: int = 50
    value_depth: int = 5
    call_depth: int | None = None  # below the test; None: all
    max_calls: int = 20_000  # of one test that are kept
    frames: int = 50
    source_context: int = 3
    redact: tuple[str, ...] = ()  # the user's own regexes
    redact_reports: bool = True  # also in pytest's reports that we hand on
    env: bool = True  # facts on the environment in snapshots
    junit: bool = True  # the cause in JUnit's XML
    export: Path | None = None  # where a copy to upload goes
    cause: str | None = None
    trials: bool = False  # try small changes of the suspects, in a process of its own
    children: bool = False  # record child processes of tests too
    blackbox: bool = True  # what runs stands in a file that outlives a kill
    only: bool = False  # the digest takes the place of pytest's own summary
    causes: int = 5  # told in full where there is a budget
    budget: int = 2000  # tokens of what --autopsy-only prints, and of digest.md
    verbosity: int = 0
    store_option: tuple[str, ...] = ()  # --autopsy-dir as it was given
    rerun_options: tuple[str, ...] = ()  # what of the command line shapes every test

    @property
    def keeps_calls(self) -> bool:
        """Whether this run records calls and values, not only which functions were run."""
        return self.mode == "all"

    @property
    def active(self) -> bool:
        """Whether any capability is on."""
        return not self.forbidden and (self.trace or self.snapshot or self.triage)


def new_run_id() -> str:
    """Return `<UTC>-<8 random hex>`."""
    import secrets  # only where a run begins: a command that reads need not wait for it

    from .unfaked import now

    return f"{now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def new_key() -> str:
    """Return a key for the hashes of one run, as hexadecimal digits."""
    import secrets

    return secrets.token_hex(16)
