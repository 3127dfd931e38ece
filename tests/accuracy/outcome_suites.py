"""More published libraries whose suites are run plain and under ``--autopsy``: outcomes only.

Those in `suites.py` are broken on purpose as well; these are here for their number of tests.
"""

from __future__ import annotations

from .suites import Deselected, Suite

OUTCOME_SUITES = (
    Suite("attrs", "26.1.0", "attr", "src", ("hypothesis", "cloudpickle", "pympler", "psutil")),
    Suite("babel", "2.18.0", "babel", "babel", ("freezegun", "pytz")),
    Suite("marshmallow", "4.4.0", "marshmallow", "src", ("simplejson",)),
    Suite("more-itertools", "11.2.1", "more_itertools", "more_itertools"),
    Suite("packaging", "26.3", "packaging", "src", ("hypothesis", "pretend", "tomli_w", "coverage")),
    Suite("parso", "0.8.7", "parso", "parso", ("docopt",)),
    Suite("pyasn1", "0.6.5", "pyasn1", "pyasn1"),
    Suite("pygments", "2.21.0", "pygments", "pygments", ("wcag-contrast-ratio", "lxml")),
    Suite("pyparsing", "3.3.3", "pyparsing", "pyparsing", ("railroad-diagrams", "jinja2")),
    Suite("python-dateutil", "4.0.0", "dateutil", "src", ("hypothesis", "freezegun")),
    Suite("sqlparse", "0.6.1", "sqlparse", "sqlparse"),
    Suite("werkzeug", "3.1.9", "werkzeug", "src", ("cryptography", "ephemeral-port-reserve", "pytest-timeout", "watchdog")),
)
