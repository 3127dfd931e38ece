"""What is wrong in each project under examples/: the culprit, its lines and the test counts.

Counts hold for whole test files in their natural order. In shared_state_mutation,
`test_timesheet_of_an_ordinary_month` fails only after `test_cover_is_on_the_notice` has run.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Truth:
    """The one bug of an example and the outcome of its tests."""

    example: str
    """Name of the folder under examples/."""
    file: str
    """The culprit's file, relative to the repository's root, with forward slashes."""
    function: str
    """The culprit's qualified name."""
    lines: tuple[int, ...]
    """Line numbers of the faulty statements in `file`."""
    failing: int
    """How many tests fail."""
    passing: int
    """How many tests pass."""
    kind: str = "code"
    """What the culprit is: code, test or fixture."""


TRUTHS: tuple[Truth, ...] = (
    Truth(
        example="off_by_one",
        file="examples/off_by_one/paginator/pages.py",
        function="page_count",
        lines=(27,),
        failing=3,
        passing=8,
    ),
    Truth(
        example="none_propagation",
        file="examples/none_propagation/parcels/services.py",
        function="service_for",
        lines=(45,),
        failing=2,
        passing=7,
    ),
    Truth(
        example="swallowed_exception",
        file="examples/swallowed_exception/fuellog/parsing.py",
        function="parse_number",
        lines=(24, 25),
        failing=2,
        passing=6,
    ),
    Truth(
        example="shared_state_mutation",
        file="examples/shared_state_mutation/staffrota/template.py",
        function="week_rota",
        lines=(21, 23),  # the copy that is not deep enough, and the change made through it
        failing=3,
        passing=7,
    ),
    Truth(
        example="wrong_arithmetic",
        file="examples/wrong_arithmetic/joinery/pricing.py",
        function="selling_price",
        lines=(20,),
        failing=2,
        passing=7,
    ),
    Truth(
        example="exhausted_iterator",
        file="examples/exhausted_iterator/bulletin/issue.py",
        function="Issue.__init__",
        lines=(15,),
        failing=2,
        passing=8,
    ),
    Truth(
        example="stale_cache",
        file="examples/stale_cache/invoicing/rates.py",
        function="rate",
        lines=(16, 17, 18),  # the key, wherever it stands
        failing=2,
        passing=7,
    ),
    Truth(
        example="leaking_fixture",
        file="examples/leaking_fixture/conftest.py",
        function="miles",
        lines=(19,),
        failing=2,
        passing=6,
        kind="fixture",
    ),
    Truth(
        example="text_for_number",
        file="examples/text_for_number/warehouse/delivery.py",
        function="read_note",
        lines=(22, 23, 24),  # where pieces are read, kept and handed on
        failing=2,
        passing=6,
    ),
    Truth(
        example="lost_task",
        file="examples/lost_task/weather/collect.py",
        function="fetch_all",
        lines=(19, 21),  # the tasks are made, and waited for without a look
        failing=2,
        passing=7,
    ),
)
