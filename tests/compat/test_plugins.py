"""What people run beside it: retries, repeats, time limits, order, mocks."""

from __future__ import annotations

from ..plugin.checks import explained, needs
from ..plugin.helpers import PLUGINS
from .conftest import blamed, calls

FLAKY = """
    from stock.shop import total, wrong_sum

    tries = []


    def test_flaky():
        tries.append(1)
        assert wrong_sum([]) == 1 if len(tries) > 1 else total("jam", 1)


    def test_always():
        assert total("jam", 2) == 6
    """


@needs("pytest_rerunfailures")
def test_rerunfailures(project, lives):
    project.write({"test_it.py": FLAKY})
    run = lives("--reruns=2", plugins=("rerunfailures",))
    assert run.digest["totals"]["retried"] == 3
    (failure,) = run.digest["failures"]
    assert failure["attempt"] == 3
    assert len(calls(run, "::test_always", "total")) == 1


@needs("pytest_repeat")
def test_repeat(project, lives):
    project.write({"test_it.py": FLAKY})
    run = lives("--count=3", plugins=("repeat",))
    assert run.counts == {"failed": 4, "passed": 2}
    assert len({one["id"] for one in run.digest["failures"]}) == 4
    assert len(calls(run, "::test_always[2-3]", "total")) == 1


SLOW = """
    import time

    from stock.shop import wrong_sum


    def hang(seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            wrong_sum([1])


    def test_bad():
        assert wrong_sum([1]) == 1


    def test_slow():
        hang(60)


    def test_good():
        assert wrong_sum([1]) == 2
    """


@needs("pytest_timeout")
def test_timeout_by_signal(project, lives):
    project.write({"test_it.py": SLOW})
    run = lives("--timeout=2", "--timeout-method=signal", plugins=("timeout",))
    assert run.counts == {"failed": 2, "passed": 1}
    assert "Timeout" in run.failure("::test_slow")["exception"]["message"]
    assert calls(run, "::test_slow", "hang")


@needs("pytest_timeout")
def test_timeout_by_thread(project):
    """It ends the process: what was finished before is on disk and can be read."""
    project.write({"test_it.py": SLOW})
    args = ("--timeout=2", "--timeout-method=thread")
    plain = project.plain(*args, plugins=("timeout",))
    ours = project.autopsy(*args, plugins=(*PLUGINS, "timeout"))
    assert plain.code == ours.code == 1
    assert plain.outcomes == ours.outcomes
    (run,) = (ours.store / "runs").iterdir()
    assert len(list(run.glob("traces/test_it.py_test_bad-*.jsonl"))) == 1
    assert len(list(run.glob("snapshots/test_it.py_test_bad-*.json"))) == 1


ORDER = """
    import random

    import pytest

    from stock.shop import total, wrong_sum


    @pytest.mark.parametrize("n", range(8))
    def test_some(n):
        assert wrong_sum([n]) == n + (n != 5)


    def test_random():
        assert random.random() < 2


    def test_jam():
        assert total("jam", 1)
    """


@needs("pytest_randomly")
def test_randomly(project, lives):
    """The digest does not depend on the order; the seeds are those of the plain run."""
    project.write({"test_it.py": ORDER})
    causes = []
    for seed in (1, 2):
        run = lives(f"--randomly-seed={seed}", plugins=("randomly",))
        causes.append([(c["id"], c["title"], c["failures"]) for c in run.digest["root_causes"]])
    assert causes[0] == causes[1]


MOCKED = """
    from stock import shop


    def test_patched(mocker):
        price = mocker.patch("stock.shop.price", return_value=5)
        assert shop.total("jam", 2) == 11
        price.assert_called_once_with("jam")


    def test_called_with(mocker):
        price = mocker.patch("stock.shop.price", return_value=5)
        shop.total("jam", 2)
        price.assert_called_once_with("tea")


    def test_spy(mocker):
        spy = mocker.spy(shop, "wrong_sum")
        assert shop.wrong_sum([1]) == 2
        assert spy.spy_return == 2


    def test_fine():
        assert shop.total("tea", 1) == 3
    """


@needs("pytest_mock")
def test_mock(project, lives):
    project.write({"test_it.py": MOCKED})
    run = lives(plugins=("pytest_mock",))
    assert run.counts == {"failed": 2, "passed": 2}
    assert calls(run, "::test_patched", "total")
    assert "price('tea')" in run.failure("::test_called_with")["exception"]["message"]


INNER = """
    import pytest

    from stock.shop import wrong_sum

    pytest_plugins = ["pytester"]


    @pytest.mark.parametrize("how", ["inprocess", "subprocess"])
    @pytest.mark.parametrize("option", ["--autopsy", "--no-autopsy"])
    def test_inner(pytester, how, option):
        assert wrong_sum([1]) == 2
        pytester.makepyfile("def f(x):\\n    return x\\n\\ndef test_it():\\n    assert f(1) == 2\\n")
        result = getattr(pytester, f"runpytest_{how}")(option, "-pautopsy")
        result.assert_outcomes(failed=1)
        assert (pytester.path / ".autopsy").exists() == (option == "--autopsy")
        assert wrong_sum([2]) == 3


    def test_after():
        assert wrong_sum([3]) == 3
    """


def test_pytester(project):
    """A session in a session: the inner one is its own run, the outer goes on recording."""
    project.write({"test_it.py": INNER})
    ours = project.autopsy()
    assert ours.counts == {"failed": 1, "passed": 4}, ours.out
    explained(ours)
    assert blamed(ours, "::test_after") == "wrong_sum"
    assert not (ours.directory / "autopsy.log").exists()
