"""Ways in which a secret could get out although its name or its shape is known."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_autopsy import plainjson
from pytest_autopsy.model import Value
from pytest_autopsy.observe.naming import strength
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.observe.text import to_json
from pytest_autopsy.observe.values import TRACE, look

from .secrets_made import BY_RULE
from .test_redaction import SECRET, Plain, shown


@pytest.mark.parametrize(
    "value",
    [
        {b"authorization": SECRET},
        {b"password": SECRET.encode()},
        {type("Text", (str,), {})("password"): SECRET},
    ],
    ids=["bytes-header", "bytes", "text-subclass"],
)
def test_keys_that_are_not_plain_text_name_too(value: Any) -> None:
    assert SECRET not in shown(value)


@pytest.mark.parametrize(
    "held",
    [
        {"user": "ada", "value": SECRET},
        [{"value": SECRET}],
        Plain(_value=SECRET),
        [Plain(_value=SECRET)],
        ValueError(SECRET),
    ],
    ids=["dict", "list-of-dicts", "object", "list-of-objects", "exception"],
)
def test_a_strong_name_hides_all_that_it_holds(held: Any) -> None:
    assert SECRET not in shown(held, "credentials")
    assert SECRET not in shown({"password": held})


@pytest.mark.parametrize("name", ["passwords", "secrets", "api_keys", "access_tokens", "password2"])
def test_plural_and_numbered_names(name: str) -> None:
    assert SECRET not in shown([SECRET], name)


def test_a_number_that_a_strong_name_holds() -> None:
    assert "48151623" not in shown(48151623, "password")
    assert "48151623" not in shown({"db_password": 48151623})


@pytest.mark.parametrize("length", [300, 5000])
def test_a_long_secret_is_hidden_elsewhere_too(length: int) -> None:
    secret = "".join(f"{number:x}-" for number in range(length))[:length]
    redactor = Redactor()
    redactor.look(look(secret, TRACE), "password")
    shown = redactor.text(f"login with {secret} failed")
    assert secret[:150] not in shown and secret[-40:] not in shown
    assert shown.startswith("login with ") and shown.endswith(" failed")


def test_bytes_that_a_name_holds_are_hidden_elsewhere_too() -> None:
    redactor = Redactor()
    redactor.look(look(SECRET.encode()), "password")
    assert SECRET not in redactor.text(f"login with {SECRET} failed")


@pytest.mark.parametrize("rule", ["url credentials", "assigned secret", "authorization header"])
def test_what_was_hidden_by_shape_is_hidden_elsewhere_too(rule: str) -> None:
    for planted, secret in BY_RULE[rule]:
        redactor = Redactor()
        redactor.text(planted)
        assert secret not in redactor.text(f"login with {secret} failed")


@pytest.mark.parametrize("rule", ["aws key", "github token", "stripe key", "gitlab token", "jwt"])
def test_a_secret_at_the_cut_does_not_come_out_in_part(rule: str) -> None:
    secret = BY_RULE[rule][0][0]
    for inside in range(len(secret) * 3 // 4, len(secret)):
        filler = "x" * (TRACE.string - inside - 1) + " "
        held = Redactor().look(look(filler + secret + " end", TRACE))
        written = plainjson.dumps(to_json(held)).decode()
        assert secret[:inside] not in written, f"{inside} of {len(secret)} characters are out"


def test_patterns_of_the_user_hold_for_short_texts() -> None:
    redactor = Redactor([r"\bX\d{3}\b"])
    assert redactor.look("X123") == "[redacted: user pattern]"
    assert redactor.text("id X123") == "id [redacted: user pattern]"


@pytest.mark.parametrize(
    "text",
    [
        "DB_PASSWORD=s3cr3t-pw",
        "export PGPASSWORD=s3cr3t-pw",
        "client_secret=s3cr3t-pw",
        'password = "two words s3cr3t-pw"',
        "password='a,s3cr3t-pw'",
        "mysql://root:p@s3cr3t-pw@db/x",
        "{'password': b's3cr3t-pw'}",
        '{"password": "a\\"s3cr3t-pw"}',
    ],
)
def test_assignments_in_text(text: str) -> None:
    assert "s3cr3t-pw" not in Redactor().text(f"ran with {text}")


def test_a_key_with_headers_of_its_own() -> None:
    body = "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9OiJjR"
    text = (
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"
        f"{body}\n-----END RSA PRIVATE KEY-----"
    )
    assert body not in Redactor().text(text)


@pytest.mark.parametrize("name", ["\ud800password", "x\udfff_secret"])
def test_any_name_can_be_written(name: str) -> None:
    assert "hunter22" not in shown("hunter22", name)


def test_the_name_does_not_make_the_reason_long() -> None:
    found = Redactor().look("hunter22", "a" * 10**6 + "password")
    assert isinstance(found, Value) and len(found.why) < 1000


def test_a_secret_in_the_name_of_an_attribute() -> None:
    token = BY_RULE["github token"][0][0]
    assert token not in shown(Plain(**{token: 1}))


@pytest.mark.parametrize(
    "text",
    [
        r"b'GET / HTTP/1.1\r\nX-Api-Key: {}'",
        r"b'A=1\nDB_PASSWORD={}'",
        r"'A=1\\nDB_PASSWORD={}'",
        r"'A=1\x0aDB_PASSWORD={}'",
        '{{"name": "DB_PASSWORD", "value": "{}"}}',
        '<add key="ApiKey" value="{}"/>',
        "password\n  Input should be a valid integer [type=int_parsing, input_value='{}']",
        "database:\n  password: >-\n    {}\n",
        "password:\n  {}",
    ],
)
def test_a_secret_whose_name_stands_behind_an_escape_or_apart(text: str) -> None:
    """`n` of an escaped line break made `nDB_PASSWORD`, a number of passwords, of the name."""
    redactor = Redactor()
    assert "zQ7kfj29xPwq81LmT4va" not in redactor.text(text.format("zQ7kfj29xPwq81LmT4va"))
    assert "zQ7kfj29xPwq81LmT4va" not in redactor.text("asked with zQ7kfj29xPwq81LmT4va")


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "sort_key", "value": "last_name"}',
        "input_value='shipping-street'",
        "password:\n  Choose one with eight characters.\n",
        "secrets:\n  first: a\n",
        r"C:\new\token_types.py",
    ],
)
def test_what_stands_apart_and_is_none_stays(text: str) -> None:
    assert Redactor().text(text) == text


@pytest.mark.parametrize(
    "name", ["SECRET_KEY_FALLBACKS", "api_key_v2", "password_b", "passwords_by_user", "rootpw"]
)
def test_names_with_what_tells_them_apart(name: str) -> None:
    assert strength(name) == "strong"
