"""How much a snapshot shows. One table maps seed 3's option names to these and to the ini's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..observe.detail import Detail

SEED_NAMES: dict[str, str | None] = {
    "out_dir": "autopsy_dir",
    "frames": "autopsy_frames",
    "source_context": "autopsy_source_context",
    "locals_mode": "autopsy_values",
    "max_str": "autopsy_max_string",
    "max_items": "autopsy_max_items",
    "redact": "autopsy_redact",
    "include_env": "autopsy_env",
    "debug": None,  # of the decorator and the section alone
}
"""Seed 3's option names, and the ini keys that say the same for a whole pytest run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotOptions:
    """What a Camera shows."""

    detail: Detail = field(default_factory=Detail)
    include_env: bool = True

    def with_seed(self, given: Mapping[str, Any]) -> ShotOptions:
        """Return these with seed 3's options laid over them; raises ValueError for a wrong one."""
        for name in ("frames", "source_context", "max_str", "max_items"):
            least = 0 if name == "source_context" else 1
            value = given.get(name, least)
            if type(value) is not int or value < least:
                raise ValueError(f"{name} takes a whole number of at least {least}, not {value!r}")
        if given.get("locals_mode", "safe") not in ("safe", "none"):
            raise ValueError(f"locals_mode takes 'safe' or 'none', not {given['locals_mode']!r}")
        said = {"max_str": "max_string", "max_items": "max_items"}
        said |= {name: name for name in ("frames", "source_context")}
        changes = {own: given[name] for name, own in said.items() if name in given}
        if given.get("locals_mode") == "none":
            changes["values"] = "none"
        include = given.get("include_env", self.include_env)
        return ShotOptions(detail=replace(self.detail, **changes), include_env=include)
