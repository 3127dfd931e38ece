"""What a call changed: its arguments in place, module globals, closures, mutable defaults."""


def changes(call):
    return {(change.scope, change.name) for change in call.changes}


def test_changed_in_place_and_rebound(lab):
    prog = lab.load(
        """
        def appends(items, item):
            items.append(item)

        def rebinds(items, item):
            items = items + [item]
            return items

        def both(items, item):
            items.append(item)
            items = list(items)
            return items

        def reads(items, item):
            return item in items
        """
    )
    call = lab.run(prog.appends, [1], 2).one("appends")
    (change,) = call.changes
    assert (change.name, change.scope) == ("items", "argument")
    assert (change.before.items, change.after.items) == ((1,), (1, 2))
    assert call.rebound == ()
    assert lab.run(prog.rebinds, [1], 2).one("rebinds").changes == ()
    call = lab.run(prog.both, [1], 2).one("both")
    assert (call.changes, call.rebound) == ((), ("items",))
    call = lab.run(prog.reads, [1], 2).one("reads")
    assert (call.changes, call.rebound) == ((), ())


def test_what_was_seen_at_entry_stays_as_it_was(lab):
    prog = lab.load("def appends(items):\n    items.append(1)\n    return items\n")
    call = lab.run(prog.appends, []).one("appends")
    assert dict(call.arguments)["items"].items == ()
    assert call.value.items == (1,)


def test_an_object_that_is_changed(lab):
    prog = lab.load(
        """
        class Cart:
            def __init__(self):
                self.total = 0

            def add(self, price):
                self.total += price

            def look(self):
                return self.total

        def discount(cart):
            cart.total -= 1

        def work():
            cart = Cart()
            cart.add(3)
            discount(cart)
            return cart.look()
        """
    )
    seen = lab.run(prog.work)
    assert changes(seen.one("Cart.add")) == {("argument", "self")}
    assert changes(seen.one("discount")) == {("argument", "cart")}
    assert seen.one("Cart.look").changes == ()
    assert "changed argument cart" in seen.features("discount")


def test_a_change_in_a_call_that_fails(line_lab):
    prog = line_lab.load("def work(d):\n    d['a'] = 1\n    raise KeyError('x')\n")
    call = line_lab.run(prog.work, {}).one("work")
    assert call.outcome == "raise"
    assert changes(call) == {("argument", "d")}


def test_module_globals(lab):
    prog = lab.load(
        """
        CACHE = {}
        LOG = []
        LIMIT = 3

        def remembers(key):
            CACHE[key] = LIMIT

        def reads(key):
            return CACHE.get(key)

        def replaces():
            global LOG
            LOG = [*LOG, 1]
        """
    )
    call = lab.run(prog.remembers, "k").one("remembers")
    assert changes(call) == {("global", "CACHE")}
    assert call.changes[0].after.items == (("k", 3),)
    assert lab.run(prog.reads, "k").one("reads").changes == ()
    assert lab.run(prog.replaces).one("replaces").changes == ()


def test_globals_that_stay_as_they_are_once_values_are_no_longer_looked_at(lab):
    """What is spent on a test is spent: a look then and one before it do not compare."""
    prog = lab.load(
        """
        KINDS = {str: [1], int: [2]}

        def first(items): return [*items]
        def second(items): return [*items]
        def third(items): return [*items]
        def fourth(items): return [*items]

        def reads(number):
            if number < 0:
                KINDS[float] = [3]
            return KINDS.get(str)

        def test_all():
            for make in (first, second, third, fourth):
                for round in range(7):
                    make([[n] for n in range(15)])
                reads(1)
        """
    )
    reads = lab.run(prog.test_all).all("reads")
    assert [call.changes for call in reads] == [()] * 4


def test_closures(lab):
    prog = lab.load(
        """
        def make():
            seen = []
            def note(n):
                seen.append(n)
                return len(seen)
            return note
        """
    )
    note = prog.make()
    call = lab.run(note, 4).one("make.<locals>.note")
    assert changes(call) == {("closure", "seen")}
    assert (call.changes[0].before.items, call.changes[0].after.items) == ((), (4,))


def test_mutable_defaults(lab):
    prog = lab.load(
        """
        import functools

        def collect(item, into=[]):
            into.append(item)
            return into

        def by_name(*, into={}):
            into["a"] = 1

        class Bag:
            def put(self, item, items=[]):
                items.append(item)

        @functools.lru_cache
        def cached(n, seen=[]):
            seen.append(n)
        """
    )
    call = lab.run(prog.collect, 1).one("collect")
    assert (call.defaults, changes(call)) == (("into",), {("default", "into")})
    call = lab.run(prog.collect, 1, []).one("collect")
    assert (call.defaults, changes(call)) == ((), {("argument", "into")})
    call = lab.run(prog.by_name).one("by_name")
    assert (call.defaults, changes(call)) == (("into",), {("default", "into")})
    assert lab.run(prog.Bag().put, 1).one("Bag.put").defaults == ("items",)


def test_defaults_of_a_decorated_function(lab):
    prog = lab.load(
        """
        import functools

        def passes_on(function):
            @functools.wraps(function)
            def wrapper(*args):
                return function(*args)
            return wrapper

        @passes_on
        def collect(item, into=[]):
            into.append(item)
        """
    )
    seen = lab.run(prog.collect, 1)
    assert seen.one("collect").defaults == ("into",)
    assert seen.one("collect").function.line == lab.line_of("@passes_on")


def test_a_generator_changes_its_argument(lab):
    prog = lab.load(
        """
        def pops(items):
            while items:
                yield items.pop()

        def work(items):
            return list(pops(items))
        """
    )
    seen = lab.run(prog.work, [1, 2])
    assert changes(seen.one("pops")) == {("argument", "items")}


def test_same_content_in_another_object_is_no_change(lab):
    prog = lab.load(
        "STATE = {'a': [1]}\n\ndef work(d):\n    d['a'] = list(d['a'])\n    STATE['a'] = [1]\n"
    )
    assert lab.run(prog.work, {"a": [1]}).one("work").changes == ()


def test_what_a_result_shares_with_what_it_was_made_from(lab):
    prog = lab.load(
        """
        import copy

        class Basket:
            def __init__(self, items, tags):
                self.items = items
                self.tags = tags

            def shallow(self):
                return copy.copy(self)

            def halfway(self):
                return Basket(list(self.items), self.tags)

            def deep(self):
                return Basket(list(self.items), dict(self.tags))

            def same(self):
                return self

        class Wallet:
            def __init__(self, state):
                self.state = dict(state)

            @classmethod
            def restored(cls, state):
                made = cls({})
                made.state = {**state}
                return made

        def merged(base, other):
            return {**base, **other}

        def reordered(rows):
            return rows[::-1]
        """
    )
    basket = prog.Basket([1], {"a": 1})
    assert lab.run(basket.shallow).one("Basket.shallow").shares == ("Basket.items", "Basket.tags")
    assert lab.run(basket.halfway).one("Basket.halfway").shares == ("Basket.tags",)
    assert lab.run(basket.deep).one("Basket.deep").shares == ()
    assert lab.run(basket.same).one("Basket.same").shares == ()
    state = {"holds": {}, "total": 1}
    assert lab.run(prog.Wallet, state).one("Wallet.__init__").shares == ("Wallet.state['holds']",)
    restored = lab.run(prog.Wallet.restored, state).one("Wallet.restored")
    assert restored.shares == ("Wallet.state['holds']",)
    base = {"db": {"host": "a"}, "port": 1}
    assert lab.run(prog.merged, base, {"port": 2}).one("merged").shares == ("dict['db']",)
    row = [1]
    assert lab.run(prog.reordered, [[0], row, [2]]).one("reordered").shares == ("list[1]",)


def test_what_shares_is_asked_without_running_anything(lab):
    prog = lab.load(
        """
        class Key:
            def __init__(self, name): self.name = name
            def __hash__(self): return hash(self.name)
            def __eq__(self, other): raise RuntimeError(self.name)

        class Odd:
            @property
            def __dict__(self): raise RuntimeError("asked")

        def merged(base): return {"a": [], **{}}
        def other(odd): return Odd()
        """
    )
    seen = lab.run(prog.merged, {prog.Key("a"): []})
    assert seen.error is None
    assert seen.one("merged").shares == ()
    assert lab.run(prog.other, prog.Odd()).one("other").shares == ()
