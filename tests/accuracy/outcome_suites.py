"""More published libraries whose suites are run plain and under ``--autopsy``: outcomes only.

Those in `suites.py` are broken on purpose as well; these are here for their number of tests.
"""

from __future__ import annotations

from .suites import Deselected, Suite

OUTCOME_SUITES = (
    Suite(
        "attrs",
        "26.1.0",
        "attr",
        "src",
        ("hypothesis==6.170.15", "cloudpickle==3.1.2", "pympler==1.1", "psutil==7.2.2"),
        (
            Deselected(
                "tests/test_converters.py::TestPipe::test_wrapped_annotation",
                "fails on 3.12.1 without us: the annotation is not found",
            ),
        ),
    ),
    Suite(
        "babel",
        "2.18.0",
        "babel",
        "babel",
        ("freezegun==1.5.5", "pytz==2026.6"),
        (
            Deselected(
                "tests/test_core.py::test_compatible_classes_in_global_and_localedata",
                "reads files of the source tree, which is not there",
            ),
            *(
                Deselected(f"tests/messages/frontend/test_frontend.py::{name}", "the same")
                for name in (
                    "test_extract_cli_knows_dash_s",
                    "test_extract_cli_knows_dash_dash_last_dash_translator",
                    "test_extract_add_location",
                )
            ),
        ),
    ),
    Suite("cachetools", "8.0.1", "cachetools", "src"),
    Suite(
        "marshmallow",
        "4.4.0",
        "marshmallow",
        "src",
        ("simplejson==4.3.0",),
        (
            Deselected(
                "tests/test_deserialization.py::TestFieldDeserialization"
                "::test_invalid_datetime_deserialization",
                "the names of its parameters hold the time of the run",
            ),
        ),
    ),
    Suite(
        "more-itertools",
        "11.2.1",
        "more_itertools",
        "more_itertools",
        (),
        (
            Deselected(
                "tests/test_more.py::SeekableTest::test_repeated_zero_cache_peek_has_bounded_memory",
                "asserts that Python allocates less than 256 kB meanwhile: a test's record takes as much",
            ),
            *(
                Deselected(
                    f"tests/test_recipes.py::RunningMedianTests::{name}",
                    "the names of its subtests hold random numbers",
                )
                for name in ("test_vs_statistics_median", "test_vs_statistics_median_windowed")
            ),
        ),
    ),
    Suite(
        "freezegun",
        "1.5.5",
        "freezegun",
        "freezegun",
        remark="It puts its own clocks in the place of everybody's: ours must not be among them.",
    ),
    Suite("parso", "0.8.7", "parso", "parso", ("docopt==0.6.2",)),
    Suite("pyasn1", "0.6.5", "pyasn1", "pyasn1"),
    Suite("pygments", "2.21.0", "pygments", "pygments", ("wcag-contrast-ratio==0.9",)),
    Suite("sqlparse", "0.6.1", "sqlparse", "sqlparse"),
    Suite(
        "wrapt",
        "2.5.2",
        "wrapt",
        "src",
        remark="Its lazy proxies are made when anybody looks at them in the wrong way.",
    ),
)
