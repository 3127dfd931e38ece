"""Which code is recorded: the forms of a target, and what a target is not."""

import pytest

from pytest_autopsy.record.project import Project
from pytest_autopsy.record.targets import TargetError, Targets, parse_target

FILES = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": (
        "class Cart:\n    def add(self):\n        def inner():\n            return 1\n        return inner()\n"
        "    def remove(self):\n        return 2\n\ndef total():\n    return 3\n"
    ),
    "src/shop/deep/__init__.py": "",
    "src/shop/deep/tax.py": "def rate():\n    return 4\n",
    "src/other.py": "def total():\n    return 5\n",
    "tests/test_shop.py": "def test_it():\n    pass\n",
}


@pytest.fixture
def shop(tmp_path):
    (tmp_path / ".git").mkdir()
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def codes(path):
    """Every code object of a file, as the interpreter makes them."""
    found = [compile(path.read_text(), str(path), "exec")]
    for code in found:
        found.extend(one for one in code.co_consts if hasattr(one, "co_code"))
    return [code for code in found if code.co_flags & 1]


def named(shop, include=(), exclude=(), here=None):
    """What is a target: `file:function` of everything under src and tests."""
    project = Project(shop)
    rules = [
        [parse_target(text, project, here or shop) for text in texts]
        for texts in (include, exclude)
    ]
    targets = Targets(project, *rules)
    found = set()
    for file in FILES:
        module = (
            file.removeprefix("src/")
            .removesuffix(".py")
            .replace("/", ".")
            .removesuffix(".__init__")
        )
        for code in codes(shop / file):
            function = targets.match(code, module)
            if function is not None:
                found.add(f"{function.file.rsplit('/', 1)[-1]}:{function.name}")
    return found


CART = {
    "cart.py:Cart.add",
    "cart.py:Cart.add.<locals>.inner",
    "cart.py:Cart.remove",
    "cart.py:total",
}
TAX = {"tax.py:rate"}
OTHER = {"other.py:total"}
TESTS = {"test_shop.py:test_it"}


@pytest.mark.parametrize(
    ("text", "expected", "kind"),
    [
        ("src/shop", CART | TAX, "path"),
        ("src/shop/", CART | TAX, "path"),
        ("src/shop/cart.py", CART, "path"),
        ("src/*.py", OTHER | TAX | CART, "path"),
        ("src/shop/c*.py", CART, "path"),
        ("**/tax.py", TAX, "path"),
        ("shop.cart", CART, "module"),
        ("shop.deep", TAX, "module"),
        ("shop.*", CART | TAX, "module"),
        ("other", OTHER, "module"),
        ("shop.cart:Cart.add", {"cart.py:Cart.add"}, "module"),
        ("shop.cart:Cart.*", CART - {"cart.py:total"}, "module"),
        ("src/shop/cart.py:Cart.add", {"cart.py:Cart.add"}, "path"),
        ("src/shop/cart.py:add", {"cart.py:Cart.add"}, "path"),
        ("src:total", {"cart.py:total"} | OTHER, "path"),
        ("*:total", {"cart.py:total"} | OTHER, "function"),
        (":total", {"cart.py:total"} | OTHER, "function"),
        ("*:Cart.add.inner", {"cart.py:Cart.add.<locals>.inner"}, "function"),
        ("*:tot*", {"cart.py:total"} | OTHER, "function"),
        ("total", {"cart.py:total"} | OTHER, "function"),
        ("rate", TAX, "function"),
    ],
)
def test_forms_of_a_target(shop, text, expected, kind):
    rule = parse_target(text, Project(shop), shop)
    assert rule.kind == kind
    assert rule.reading == f"{text} ({kind})"
    assert named(shop, [text]) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("src/nowhere", "no file or folder src/nowhere"),
        ("nowhere.py", "no file or folder nowhere.py"),
        ("src/none*.py", "no file or folder"),
        ("shop.cart:", "no function after the colon"),
        ("tests/test_shop.py::test_it", "node id"),
        ("tests/test_shop.py::TestA::test_b[1]", "tests/test_shop.py:TestA.test_b"),
        ("what is this", "no path, module or function"),
        ("a-b", "no path, module or function"),
    ],
)
def test_what_is_no_target(shop, text, says):
    with pytest.raises(TargetError) as caught:
        parse_target(text, Project(shop), shop)
    assert says in str(caught.value)


def test_relative_to_where_pytest_was_called(shop):
    assert named(shop, ["shop/deep"], here=shop / "src") == TAX
    assert named(shop, ["src/shop/deep"], here=shop / "tests") == TAX  # then to the root
    assert named(shop, ["tax.py"], here=shop / "src/shop/deep") == TAX


def test_an_absolute_path(shop):
    assert named(shop, [str(shop / "src" / "shop" / "deep")]) == TAX


def test_several_targets_and_exclusions(shop):
    assert named(shop, ["shop.cart", "src/other.py"]) == CART | OTHER
    assert named(shop, ["src/shop"], ["src/shop/deep"]) == CART
    assert named(shop, [], ["src", "tests"]) == set()
    assert named(shop, [], ["*:Cart.*"]) == TAX | OTHER | TESTS | {"cart.py:total"}
    assert named(shop, ["src"], ["shop.cart", "*:rate"]) == OTHER


def test_the_default_is_the_projects_own_code(shop):
    assert named(shop) == CART | TAX | OTHER | TESTS


def test_widened_by_markers(shop):
    project = Project(shop)
    targets = Targets(project, [parse_target("shop.deep", project, shop)])
    targets.fixtures.add(("a.py", "f"))
    wider = targets.widened([parse_target("src/other.py", project, shop)], own=False)
    assert wider.fixtures is targets.fixtures
    (code,) = (c for c in codes(shop / "src/other.py") if c.co_name == "total")
    assert targets.match(code, "other") is None
    assert wider.match(code, "other").name == "total"


def test_functions_as_they_are_shown(shop):
    project = Project(shop)
    found = {
        c.co_name: Targets(project).match(c, "shop.cart") for c in codes(shop / "src/shop/cart.py")
    }
    inner = found["inner"]
    assert (inner.file, inner.name, inner.line, inner.kind) == (
        "src/shop/cart.py", "Cart.add.<locals>.inner", 3, "code"
    )  # fmt: skip
    assert inner.short == "inner"


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("tests/test_shop.py", "test"),
        ("tests/helpers.py", "test"),
        ("conftest.py", "test"),
        ("src/shop/conftest.py", "test"),
        ("src/shop/cart_test.py", "test"),
        ("test/util.py", "test"),
        ("src/shop/cart.py", "code"),
        ("src/shop/testimony.py", "code"),
        ("contests/solve.py", "code"),
    ],
)
def test_files_of_tests(shop, file, kind):
    path = shop / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("def f():\n    pass\n")
    code = codes(path)[-1]
    assert Targets(Project(shop)).match(code, "x").kind == kind


def test_file_patterns_of_the_project_name_tests(shop):
    assert Project(shop, ("check_*.py",)).is_test("src/check_cart.py")
    assert not Project(shop, ("check_*.py",)).is_test("src/test_cart.py")


@pytest.mark.parametrize("folder", ["_vendor", "vendored", "third_party"])
def test_what_others_have_written_is_no_code_of_the_project(shop, folder):
    """But where a target asks for it; and a project may lie below such a folder itself."""
    file = shop / "src" / "shop" / folder / "parser.py"
    file.parent.mkdir(parents=True)
    file.write_text("def f():\n    pass\n")
    code = codes(file)[-1]
    assert Targets(Project(shop)).match(code, "x") is None
    rule = parse_target(f"src/shop/{folder}", Project(shop), shop)
    assert Targets(Project(shop), [rule]).match(code, "x") is not None
    assert Targets(Project(file.parent)).match(code, "x") is not None


@pytest.mark.parametrize(("folder", "holds"), [("shoptests", True), ("contests", False)])
def test_a_folder_named_after_tests_is_one_where_tests_lie(shop, folder, holds):
    (shop / folder).mkdir()
    (shop / folder / "helper.py").write_text("")
    if holds:
        (shop / folder / "test_cart.py").write_text("")
    assert Project(shop).is_test(f"{folder}/helper.py") is holds
    assert Project(shop).is_test(f"{folder}/deep/helper.py") is holds


def test_generated_code_that_is_called_by_its_address_is_no_target(shop, monkeypatch):
    """In each run it would be another suspect; one whose name stays is told like any other."""
    made = {
        name: compile("def render():\n    pass\n", name, "exec").co_consts[0]
        for name in ("memory:0x7f43b7093ef0", "page.html")
    }
    monkeypatch.chdir(shop)  # a relative name is one below the working directory
    found = [name for name, code in made.items() if Targets(Project(shop)).match(code, "x")]
    assert found == ["page.html"]


def test_count_for_the_header(shop):
    assert Targets(Project(shop), [parse_target("shop.cart", Project(shop), shop)]).count() == (
        1,
        1,
    )
    assert Targets(Project(shop), [parse_target("src/shop", Project(shop), shop)]).count() == (4, 2)


def test_generated_code_and_class_bodies_are_no_targets(shop):
    targets = Targets(Project(shop))
    assert targets.match(compile("f()", "<string>", "exec"), "x") is None
    module = compile("class A:\n    x = 1\n", str(shop / "src/other.py"), "exec")
    (body,) = (one for one in module.co_consts if hasattr(one, "co_code"))
    assert targets.match(body, "other") is None
    assert targets.match(module, "other").name == "<module>"
