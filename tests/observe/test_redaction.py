"""Secrets stay in: by name at every depth, by shape in every text; innocent values stay out."""

from __future__ import annotations

import base64
import time
import urllib.parse
from typing import Any

import pytest

from pytest_autopsy import plainjson
from pytest_autopsy.model import Look, Value
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.observe.secrets import SHAPES
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import SNAPSHOT, look

from .secrets_made import BY_RULE, INNOCENT, PLANTED, STRONG, WEAK

SECRET = "correct-horse-9/battery+Staple"


class Plain:
    def __init__(self, **attributes: object) -> None:
        vars(self).update(attributes)


def shown(value: Any, name: str = "", redactor: Redactor | None = None) -> str:
    """Return everything that is written of a value that `name` holds."""
    found = (redactor or Redactor()).look(look(value, SNAPSHOT), name)
    return f"{found!r} {to_text(found, 10**6)} {plainjson.dumps(to_json(found)).decode()}"


def test_every_shape_has_its_sample() -> None:
    assert set(BY_RULE) == {shape.rule for shape in SHAPES} | {"assigned secret"}


@pytest.mark.parametrize("rule", BY_RULE)
def test_every_shape_is_found_and_says_its_rule(rule: str) -> None:
    for planted, secret in BY_RULE[rule]:
        text = Redactor().text(f"before {planted} after")
        assert secret not in text
        assert f"[redacted: {rule}]" in text
        assert text.startswith("before ") and text.endswith(" after")


HOLDERS = {
    "text": lambda text: text,
    "list": lambda text: ["a", [text]],
    "tuple": lambda text: (1, (text,)),
    "set": lambda text: {text},
    "value": lambda text: {"a": {"b": text}},
    "key": lambda text: {text: 1},
    "attribute": lambda text: Plain(a=Plain(b=text)),
    "bytes": str.encode,
    "subclass": type("Text", (str,), {}),
    "exception": lambda text: ValueError("failed", text),
    "long": lambda text: text + " " + "x" * 900,
}


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("planted", PLANTED, ids=[str(number) for number in range(len(PLANTED))])
def test_a_shape_is_found_in_every_place(planted: tuple[str, str], holder: str) -> None:
    assert planted[1].split("\n")[0] not in shown(HOLDERS[holder](planted[0]))


@pytest.mark.parametrize("name", STRONG.split())
def test_a_strong_name_hides_what_it_holds(name: str) -> None:
    for value in (SECRET, "plainword", "x", SECRET.encode(), [SECRET], (1, {"a"}, SECRET)):
        held = Redactor().look(look(value), name)
        assert SECRET not in shown(value, name) and "plainword" not in str(held)
    assert Redactor().look("plainword", name) == Value("redacted", "str", 9, why=f"name {name}")


@pytest.mark.parametrize("name", STRONG.split())
def test_a_strong_name_hides_at_every_depth(name: str) -> None:
    for value in ({name: SECRET}, [{"a": ({name: [SECRET]},)}], Plain(**{name: SECRET}),
                  {"a": Plain(x=1, **{name: SECRET})}):  # fmt: skip
        assert SECRET not in shown(value)


@pytest.mark.parametrize("name", WEAK.split())
def test_a_weak_name_hides_what_looks_like_a_secret(name: str) -> None:
    assert SECRET not in shown(SECRET, name)
    assert SECRET not in shown({"a": {name: SECRET}})
    for word in ("identifier", "1234", "a b-c 1_2"):
        assert Redactor().look(word, name) == word


@pytest.mark.parametrize(
    "name", ["auth", "proxy_auth", "httpAuth", "basic-auth", "auth2", "auth_header"]
)
def test_of_a_user_and_a_password_the_second_is_one(name: str) -> None:
    assert "tr0ub4dor and 3" not in shown({name: ("ada", "tr0ub4dor and 3")})
    assert "'ada'" in shown({name: ("ada", "tr0ub4dor and 3")})


@pytest.mark.parametrize(("name", "value"), INNOCENT, ids=[f"{n}-{v}" for n, v in INNOCENT])
def test_innocent_look_alikes_stay(name: str, value: Any) -> None:
    assert Redactor().look(look(value), name) == look(value)
    assert Redactor().look(look({name: [value]})) == look({name: [value]})


@pytest.mark.parametrize(
    ("name", "value"), [("pwd", "/srv/shop-1"), ("secrets", 3), ("PWD", "C:\\work-1")]
)
def test_a_directory_and_a_count_are_no_secrets(name: str, value: Any) -> None:
    assert Redactor().look(value, name) == value


@pytest.mark.parametrize(
    "before", ["line\\n", "a\\t", "x%3D", "prefix-", "(", "\\\\n", "token:", "a,"]
)
@pytest.mark.parametrize(
    "rule", ["github token", "jwt", "twilio key", "api key", "databricks token"]
)
def test_a_token_is_found_after_an_escape(rule: str, before: str) -> None:
    if rule in ("jwt", "twilio key", "databricks token", "api key") and before == "prefix-":
        pytest.skip("their heads could be the middle of another word")
    token = BY_RULE[rule][0][0]
    assert token not in Redactor().text(before + token)


def test_the_rest_of_a_text_stays() -> None:
    token = BY_RULE["github token"][0][0]
    assert Redactor().text(f"push with {token} failed") == (
        "push with [redacted: github token] failed"
    )


def test_what_is_no_text_stays_as_it_is() -> None:
    value = look([1, None, 2.5, {"a": (True,)}, Plain(x=1)])
    assert Redactor().look(value) == value


def test_what_was_hidden_by_name_is_hidden_elsewhere() -> None:
    redactor = Redactor()
    redactor.look(look({"a": {"password": SECRET}}))
    assert redactor.text(f"login with {SECRET} failed") == (
        "login with [redacted: seen as a secret] failed"
    )
    for holder in HOLDERS.values():
        assert SECRET not in shown(holder(f"login {SECRET}"), redactor=redactor)
    assert redactor.text("horse battery") == "horse battery"


@pytest.mark.parametrize("word", ["short-1", "plainword", "123456789", "1,234.56"])
def test_short_and_plain_words_are_hidden_only_where_they_are_held(word: str) -> None:
    redactor = Redactor()
    assert word not in to_text(redactor.look(word, "password"))
    assert redactor.text(f"some {word} here") == f"some {word} here"


@pytest.mark.parametrize(
    "address",
    ["api.example.com", "https://shop.example.org/cart", "/account/settings", "a.test:8080"],
)
def test_an_address_made_of_words_is_known_to_nobody(address: str) -> None:
    """A cookie holds its domain and path: hidden everywhere, no URL of the run could be read."""
    redactor = Redactor()
    assert address not in str(redactor.look(look({"domain": address}), "cookie"))
    assert redactor.text(f"asked {address} once") == f"asked {address} once"


@pytest.mark.parametrize("secret", ["hunter2.example.com", "/x9Kq/2tRvB", "tree.house.gate"])
def test_what_is_not_surely_an_address_is(secret: str) -> None:
    redactor = Redactor()
    redactor.look(look({"domain": secret}), "cookie")
    assert secret not in redactor.text(f"asked {secret} once")


def test_of_two_secrets_the_longer_is_hidden_whole() -> None:
    redactor = Redactor()
    for secret in ("secret-part", "secret-part-and-more", "part-and-more-of-it"):
        redactor.look(secret, "password")
    assert "more" not in redactor.text("x secret-part-and-more y")


def test_patterns_of_the_user() -> None:
    redactor = Redactor([r"CUST-\d+", "internal-.*"])
    assert redactor.text("for CUST-12345 today") == "for [redacted: user pattern] today"
    assert redactor.look("internal-name") == "[redacted: user pattern]"
    assert redactor.text("customer 12345") == "customer 12345"


def test_a_redacted_value_says_which_rule_and_how_long_it_was() -> None:
    assert to_json(Redactor().look(SECRET, "password")) == {
        "__type__": "str", "len": len(SECRET), "why": "name password"
    }  # fmt: skip


def test_twice_is_as_once() -> None:
    redactor = Redactor()
    once: Look = redactor.look(
        look({"password": SECRET, "text": [p for p, _ in PLANTED]}, SNAPSHOT)
    )
    assert redactor.look(once) == once


ADVERSARIES = {
    "jwt": "-ey" + "Jaaaaaaaaaa", "jwt-dots": "ey" + "Jaaaaaaaa.", "pem": "-----BEGIN PRIVATE KEY-----",
    "pem-head": "-----BEGIN ", "aws": "AKI" + "AAAAA", "github": "ghp_", "slack": "xoxb-", "key": "sk-",
    "url": "://a:", "url-long": "://", "assigned": "password=", "spaces": "password    ", "word": "a",
    "bearer": "Bearer ", "stripe": "sk_live_",
}  # fmt: skip


@pytest.mark.parametrize("name", ADVERSARIES)
def test_the_time_is_linear_in_the_text(name: str) -> None:
    piece = ADVERSARIES[name]
    began = time.process_time()
    Redactor().text(piece * (120_000 // len(piece)))
    assert time.process_time() - began < 1.5  # linear takes a few hundredths


TEXTS = [
    "password = get_password()", "password = input('Password: ')", "if password == expected:",
    "def login(user, password):", "login(password=password)", "self.password = password",
    "password: Optional[str] = None", "def read(self, pwd=None):", "token = tokens[0]", "max_tokens=4096",
    "num_passwords=3", "the password was changed on 2026-01-02", "invalid password", "secrets: 3",
    "Basic authentication required", "Use the first matching Basic challenge.", "secret sauce recipe",
    "for key, value in items.items():", "key=user:1001:name", "cache key: user-1001", "primary_key=42",
    "password must be at least 8 characters", "password=%s", "password={password}", "Password: <hidden>",
    "'Authorization': 'Bearer {}'.format(token)", "headers['Authorization'] = 'Basic %s' % creds",
    "https://host:8080/path@x", "http://localhost:5432/db", "git@github.com:org/repo.git",
    "uuid 123e4567-e89b-12d3-a456-426614174000", "card 4111111111111112", "1763722479000000000",
    "token_type=bearer", "cookie_name = 'session'", "KeyError: 'password'", "assert 'password' in form",
    "{'name': 'token', 'type': 'string'}", "password: ['This field is required.']", "pin=1234",
    "docker run -u 1000:1000 image", "--password-file /run/x", "PWD=/home/user/project",
    "unexpected token '}' at 12", "signature: (a, b) -> int", "-----BEGIN CERTIFICATE-----", "eyJ begins",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_innocent_texts_stay(text: str) -> None:
    redactor = Redactor()
    for written in (text, f"x {text} y", f"    {text}\n"):
        assert redactor.text(written) == written and redactor.source(written) == written


@pytest.mark.parametrize("piece", ADVERSARIES.values(), ids=list(ADVERSARIES))
def test_what_is_learned_of_a_text_is_bounded_by_it(piece: str) -> None:
    redactor = Redactor()
    text = piece * (20_000 // len(piece))
    redactor.text(text)
    assert redactor.taint.work < 60 * len(text)


@pytest.mark.parametrize(
    "written",
    [
        urllib.parse.quote(SECRET, safe=""),
        base64.b64encode(SECRET.encode()).decode(),
        SECRET.encode(),
    ],
    ids=["url-quoted", "base64", "bytes"],
)
def test_what_was_hidden_is_hidden_in_other_writings(written: Any) -> None:
    redactor = Redactor()
    redactor.look(SECRET, "password")
    plain = written.decode() if isinstance(written, bytes) else written
    assert plain not in shown(written, redactor=redactor)


@pytest.mark.parametrize("secret", ['it\'s\\a "secret"\n9', "pässwört-9-geheim", "tab\tand-9\x00"])
def test_what_was_hidden_is_hidden_where_it_is_escaped(secret: str) -> None:
    redactor = Redactor()
    redactor.look(secret, "password")
    assert repr(secret)[1:-1] not in redactor.text(f"ValueError({secret!r})")
    assert repr(secret.encode())[2:-1] not in shown(secret.encode(), redactor=redactor)
    assert plainjson.dumps(secret).decode()[1:-1] not in redactor.text(
        plainjson.dumps([secret]).decode()
    )
