"""What a run was asked to do: one frozen object, made by options.py or by plain code."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings with their defaults. Sizes are bytes, counts are pieces."""

    trace: bool = False
    snapshot: bool = False
    triage: bool = False
    markers: bool = True  # whether trace markers alone switch recording on
    forbidden: bool = False  # --no-autopsy: nothing, markers included
    trace_targets: tuple[str, ...] = ()
    trace_exclude: tuple[str, ...] = ()
    directory: Path = field(default_factory=lambda: Path(".autopsy"))
    rootdir: Path = field(default_factory=Path.cwd)
    invocation_dir: Path = field(default_factory=Path.cwd)
    keep_runs: int = 20
    max_disk: int = 500_000_000
    cause: str | None = None
    verbosity: int = 0
    rerun_options: tuple[str, ...] = ()  # what of the command line shapes every test

    @property
    def active(self) -> bool:
        """Whether any capability is on."""
        return not self.forbidden and (self.trace or self.snapshot or self.triage)
