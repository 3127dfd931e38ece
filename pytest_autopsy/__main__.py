"""`python -m pytest_autopsy`."""

from .cli import main

raise SystemExit(main())
