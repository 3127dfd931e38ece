"""A failing test whose fakes of the system are still in place when it is reported."""

from __future__ import annotations

FILES = {
    "shop.py": """\
        def total(rows):
            found = 0
            for row in rows:
                found = row["net"]
            return found
    """,
    "test_shop.py": """\
        import os

        from shop import total

        def refuse(*args, **named):
            raise OSError("faked")

        def test_one(): assert total([{"net": 3}]) == 3

        def test_faked(monkeypatch):
            for name in ("lstat", "getpid", "replace", "listdir", "scandir"):
                monkeypatch.setattr(os, name, refuse)
            for name in ("realpath", "relpath", "isfile"):
                monkeypatch.setattr(os.path, name, refuse)
            assert total([{"net": 3}, {"net": 4}]) == 7
    """,
}


def test_it_is_explained_as_any_other(project) -> None:
    run = project.write(FILES).autopsy("-p", "no:cacheprovider", "-o", "pythonpath=.")
    assert run.counts == {"failed": 1, "passed": 1}
    assert "fault(s) of its own" not in run.out
    (cause,) = run.digest["root_causes"]
    assert cause["suspects"][0]["function"] == "total"
    assert "4 == 7" in run.failure("test_faked")["exception"]["message"]
