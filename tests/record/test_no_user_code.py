"""Looking at values runs no code of the program: neither of its classes nor of its exceptions."""

import pytest

HOSTILE = """
    import os

    ran = []

    def note(name):
        def method(self, *args, **kwargs):
            ran.append(name)
            raise RuntimeError(name)
        return method

    NAMES = [
        "__repr__", "__str__", "__len__", "__eq__", "__hash__", "__iter__", "__getattr__",
        "__getattribute__", "__bool__", "__contains__", "__getitem__", "__format__", "__int__",
        "__index__", "__float__", "__reduce__", "__dir__", "__lt__", "__call__", "__ne__",
        "__fspath__", "__sizeof__", "__length_hint__", "__reversed__", "__next__", "__enter__",
    ]

    class Meta(type):
        for name in ("__repr__", "__getattribute__", "__eq__", "__instancecheck__", "__subclasscheck__"):
            locals()[name] = note("meta " + name)
        __hash__ = note("meta __hash__")

    def hostile(base, meta=type):
        space = {name: note(name) for name in NAMES}
        space["prop"] = property(note("property"))
        space["__class__"] = property(note("__class__"))
        return meta("Hostile" + base.__name__, (base,), space)

    class Descriptor:
        def __get__(self, one, owner):
            ran.append("__get__")
            raise RuntimeError("__get__")

    class Slotted:
        __slots__ = ("a",)
        value = Descriptor()
        __repr__ = __eq__ = __hash__ = note("slotted")

    class Key:
        def __init__(self):
            self.armed = False
        def __hash__(self):
            if self.armed:
                ran.append("key hash")
            return 1
        def __eq__(self, other):
            ran.append("key eq")
            return self is other
        def __repr__(self):
            ran.append("key repr")
            return "key"

    class Text(str):
        __str__ = __repr__ = __len__ = __eq__ = __hash__ = __getitem__ = note("text")

    class HasDict:
        @property
        def __dict__(self):
            ran.append("__dict__")
            raise RuntimeError("__dict__")

    def passes(value):
        return value

    def drives(value):
        passes(value)
        for _ in gen(value):
            pass
        return value

    def gen(value):
        yield value

    class Loud(Exception):
        __str__ = __repr__ = note("exception")
        args = property(note("args"))

    class Sized(Exception):
        def __str__(self):
            ran.append("exception str")
            return "x"

    def fails(error):
        try:
            raise error
        except Exception:
            return 1

    def reads_file(path):
        try:
            raise FileNotFoundError(2, "No such file", path)
        except OSError:
            return 1
    """

VALUES = {
    "object": "hostile(object)()",
    "list": "hostile(list)([1])",
    "dict": "hostile(dict)({1: 2})",
    "tuple": "hostile(tuple)((1,))",
    "set": "hostile(set)({1})",
    "str": "hostile(str)('secret')",
    "int": "hostile(int)(3)",
    "float": "hostile(float)(3)",
    "bytes": "hostile(bytes)(b'x')",
    "exception": "hostile(Exception)('x')",
    "metaclass": "hostile(object, Meta)()",
    "class": "hostile(object, Meta)",
    "slots": "Slotted()",
    "text": "Text('abc')",
    "dict property": "HasDict()",
    "nested": "[{'a': hostile(object)()}, (hostile(str)('x'),)]",
    "lazy": "map(hostile(object)(), [1])",
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_values(lab, values):
    prog = lab.load(HOSTILE)
    value = eval(values, vars(prog))
    prog.ran.clear()
    seen = lab.run(prog.drives, value)
    assert prog.ran == []
    assert len(seen.all("passes")) == 1
    assert seen.one("passes").outcome == "return"


def test_keys_of_mappings_and_members_of_sets(lab):
    prog = lab.load(HOSTILE)
    key = prog.Key()
    value = [{key: 1}, {key}, {"a": key}]
    key.armed = True
    lab.run(prog.drives, value)
    assert prog.ran == []


def test_globals_and_closures(lab):
    prog = lab.load(
        HOSTILE
        + "\n    WATCHED = [hostile(object)()]\n\n    def uses():\n        return len(WATCHED)\n"
    )
    prog.ran.clear()
    lab.run(prog.uses)
    assert prog.ran == []


@pytest.mark.parametrize(
    "error",
    [
        "Loud('x', [1])",
        "Sized('x')",
        "Sized(hostile(object)())",
        "KeyError(hostile(object)())",
        "ValueError(Text('x'))",
        "hostile(ValueError)('x')",
    ],
)
def test_exceptions(line_lab, error):
    prog = line_lab.load(HOSTILE)
    raised = eval(error, vars(prog))
    prog.ran.clear()
    call = line_lab.run(prog.fails, raised).one("fails")
    assert prog.ran == []
    assert len(call.handled) == 1


def test_the_file_name_of_an_os_error(line_lab):
    """It is no argument of the exception, but its text shows it."""
    prog = line_lab.load(HOSTILE)
    path = prog.hostile(object)()
    prog.ran.clear()
    call = line_lab.run(prog.reads_file, path).one("reads_file")
    assert prog.ran == []
    assert [error.type for error in call.handled] == ["FileNotFoundError"]


def test_an_ordinary_message_is_read(line_lab):
    prog = line_lab.load(HOSTILE)
    (error,) = line_lab.run(prog.fails, KeyError("sku-9")).one("fails").handled
    assert error.message == "'sku-9'"
    (error,) = line_lab.run(prog.reads_file, "/nowhere").one("reads_file").handled
    assert "/nowhere" in error.message
