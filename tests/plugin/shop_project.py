"""A small project with one bug."""

SHOP = {
    "shop/__init__.py": "",
    "shop/pricing.py": """
        PRICES = {"tea": 3}


        def parse(name):
            return PRICES[name]


        def load_price(name):
            try:
                return parse(name)
            except KeyError:
                return None
        """,
    "shop/cart.py": """
        from shop.pricing import load_price


        class Cart:
            def __init__(self):
                self.names = []

            def add(self, name):
                self.names.append(name)

            def total(self):
                return sum(line_total(name, 2) for name in self.names)


        def line_total(name, quantity):
            price = load_price(name)
            return price * quantity
        """,
    "test_shop.py": """
        from shop.cart import Cart


        def total(*names):
            cart = Cart()
            for name in names:
                cart.add(name)
            return cart.total()


        def test_known():
            assert total("tea") == 6


        def test_unknown():
            assert total("tea", "jam") == 6
        """,
}
"""A shop whose `load_price` swallows a KeyError: one test passes, one fails because of that."""

MARKED = """
    import pytest

    from shop.cart import Cart


    def total(*names):
        cart = Cart()
        for name in names:
            cart.add(name)
        return cart.total()


    {mark}
    def test_marked():
        assert total("tea", "jam") == 6


    def test_unmarked():
        assert total("tea", "jam") == 6
    """
"""Tests of the shop, the first with a mark."""
