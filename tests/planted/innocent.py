"""Look-alikes: values that resemble secrets, are none, and that whoever debugs needs to see."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from .item import Item
from .shapes import card, fill

_SHA = hashlib.sha1(b"commit").hexdigest()
_FILE = hashlib.sha256(b"a file").hexdigest()
_MD5 = hashlib.md5(b"a file").hexdigest()
_PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(90))).decode()
_UUID = "3f2a9c1e-7b40-4d7e-9a51-0c6d1f2e8b77"
_PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + fill("{b43}", "public key") + " ann@laptop"

# place, name, value, why it is innocent
_ROWS: list[tuple[str, str, Any, str]] = [
    ("locals", "token_count", 70517, "a count of tokens"),
    ("locals", "password_field", None, "None hides nothing and is often the bug itself"),
    ("locals", "secret_santa", "Marguerite", "a game; the name of a person"),
    ("locals", "commit", _SHA, "a git SHA"),
    ("locals", "request_id", _UUID, "a UUID that names, not proves"),
    ("locals", "digest", _FILE, "the hash of a file"),
    ("locals", "etag", _MD5, "the hash of a file"),
    ("locals", "thumbnail", _PIXEL, "an image in base64"),
    ("locals", "tokens", ["NAME", "OPERATOR-17", "NUMBER"], "what a lexer makes"),
    ("locals", "tok", "IDENTIFIER-2231", "a lexer's token"),
    ("locals", "key", "shipping-street", "the key of a dict"),
    ("locals", "author", "Ursula-Quillfeather", "who wrote it"),
    ("locals", "authority", "example.org:8443", "a part of a URL"),
    ("locals", "pass_count", 31877, "how many passed"),
    ("locals", "session_id_length", 48211, "a length"),
    ("locals", "version", "2.14.1rc3+g1a2b3c4", "a version"),
    ("locals", "order_number", card("4", 16, "order", valid=False), "16 digits, the check digit wrong"),
    ("locals", "password_is_set", True, "a flag"),
    ("locals", "has_token", False, "a flag"),
    ("locals", "passenger", "Konstantin-Ferry", "begins with `pass`"),
    ("locals", "compass", "north-by-31", "holds `pass`"),
    ("locals", "bypass_cache", "on-every-5th", "holds `pass`"),
    ("locals", "keyboard", "qwertz-105", "begins with `key`"),
    ("locals", "monkey", "capuchin-88", "ends in `key`"),
    ("locals", "secretary", "Rosalind-Vane", "begins with `secret`"),
    ("locals", "tokenizer", "wordpiece-v7", "begins with `token`"),
    ("locals", "pwd", "/srv/project/build-7719", "the working directory, as PWD has it"),
    ("locals", "primary_key", "customer_4711_id", "a column"),
    ("locals", "sort_key", "last_name-desc", "what is sorted by"),
    ("locals", "cache_key", "user:4711:cart", "what is looked up"),
    ("locals", "public_key", _PUBLIC, "public, by name and by shape"),
    ("locals", "password_min_length", 12077, "a rule about passwords"),
    ("locals", "max_tokens", 40961, "a limit"),
    ("locals", "auth_method", "kerberos-5", "how, not what"),
    ("locals", "cookie_name", "theme-choice", "a cookie's name"),
    ("locals", "password_hint", "", "empty: whether it is empty may be the bug"),
    ("arguments", "token_type", "bearer-like-9", "a kind"),
    ("arguments", "keys", ["alpha-1", "beta-2"], "the keys of a dict"),
    ("arguments", "foreign_key", "orders.customer_id", "a column"),
    ("arguments", "passed", 60113, "a count"),
    ("arguments", "api_key_id_length", 20483, "a length"),
    ("arguments", "secret", None, "None hides nothing"),
    ("arguments", "authors", ["Hildegard-B", "Ovid-K"], "people"),
    ("arguments", "url", "https://example.com:8443/a/b?page=2&sort=name", "no credentials in it"),
    ("nested", "password_reset_url", "https://example.com/reset-page", "a page, without a token"),
    ("nested", "token_index", 90217, "a place in a list"),
    ("nested", "Content-Type", "application/vnd.api.v7+json", "a harmless header"),
    ("nested", "X-Request-Id", "5f0c6b9e-2d1a-4f6b-8e77-1b2c3d4e5f60", "names a request"),
    ("nested", "key", "colour-of-door", "a plain field"),
    ("nested", "If-None-Match", 'W/"' + _MD5[:20] + '"', "a cache's tag"),
    ("nested", "secret_santa_budget", 25119, "a number about a game"),
    ("nested", "passport_country", "Liechtenstein-7", "begins with `pass`"),
    ("nested", "author_email", "ursula.q@example.org", "an address"),
    ("nested", "isbn", "978-3-16-148410-0", "a book's number"),
    ("nested", "iso", "2026-01-02T03:04:05.678901+00:00", "a time"),
    ("nested", "trace", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "W3C trace context"),
    ("attributes", "token_expires_in", 3601, "a duration"),
    ("attributes", "is_password_valid", False, "a flag"),
    ("attributes", "tokens_left", 88123, "a count"),
    ("attributes", "key_size", 40967, "a size in bits"),
    ("attributes", "author", "Mary-Wordsworth", "who wrote it"),
    ("attributes", "passing_grade", "B-plus-2", "begins with `pass`"),
    ("attributes", "keyword", "async-def", "begins with `key`"),
    ("attributes", "session", None, "None hides nothing"),
    ("source", "token_count", 51237, "a count in the source"),
    ("source", "password_label", "Choose-your-word", "what a form says"),
    ("source", "SECRET_SANTA", "Balthazar-J", "a game"),
    ("source", "author", "Percival-Moss", "who wrote it"),
    ("assertion", "author", "Cassandra-Hook", "who wrote it"),
    ("assertion", "checksum", _FILE[:40], "a hash"),
    ("assertion", "token_count", 33419, "a count"),
    ("assertion", "key", "postal-code-9", "a plain field"),
    ("exception", "", "invalid password: must have at least 12 characters", "a rule, said to a user"),
    ("exception", "", "password is required and token must be a string", "two rules"),
    ("exception", "", "unexpected token 'then' at line 14 column 9", "a parser's words"),
    ("exception", "", "KeyError: 'secret_santa' not in gifts", "a key's name"),
    ("exception", "", "no such commit: " + hashlib.sha1(b"other").hexdigest(), "a git SHA"),
    ("stdout", "", "the secret of good soup is time and patience-3", "a sentence"),
    ("stdout", "", "Enter your password to continue (attempt 2 of 3)", "a prompt"),
    ("stdout", "", "order 4000123412341235 shipped", "16 digits, the check digit wrong"),
    ("stdout", "", "tests/test_auth.py::test_password_reset[token-expired-3] PASSED", "a test's id"),
    ("stdout", "", "tokens: 1532, cost: 0.003", "a count"),
    ("stdout", "", "token NUMBER, value 42, line 7731", "a lexer's trace"),
    ("stdout", "", "user=ann author=bob-17 path=/a/b", "pairs with harmless names"),
    ("log", "", "password changed for user 7781", "what happened"),
    ("log", "", "bearer of bad news: build 4417 is red", "the word bearer in a sentence"),
    ("log", "", "basic authentication is switched off (rule 23)", "the word basic in a sentence"),
    ("log", "", "sha256:" + hashlib.sha256(b"layer").hexdigest(), "an image's layer"),
    ("log", "", "GET /api/v2/tokens/count?user=ann-3 200", "a path without a token"),
    ("argv", "--token-count", "61291", "a count"),
    ("argv", "--author", "Eleanor-Finch", "who wrote it"),
    ("argv", "--pass-through", "env-and-cwd-2", "a mode"),
    ("argv", "--keyfile-format", "pkcs8-der", "a format"),
    ("environment", "TOKENIZERS_PARALLELISM", "false-by-rule-3", "a known setting"),
    ("environment", "AUTHOR_NAME", "Thaddeus-Crane", "who wrote it"),
    ("environment", "KEYBOARD_LAYOUT", "dvorak-de-2", "begins with KEY"),
    ("environment", "SSH_AUTH_SOCK", "/tmp/ssh-XXXX/agent.7713", "a socket's path"),
    ("url", "target", "https://docs.example.com/guide/passwords-and-tokens#api-keys-4", "a page about them"),
    ("url", "target", "postgresql://app@db.internal:5432/shop_9", "a user, no password"),
    ("url", "target", "https://example.com/@ann/12:30-talk", "a colon and an @, no credentials"),
    ("url", "target", "git@github.com:team/repo-17.git", "a place of ssh: no password"),
    ("url", "target", "https://example.com/f?token_type=bearer&key_count=17", "harmless names"),
]  # fmt: skip

# Told under a telling name in a test before, and yet no secret elsewhere: plain words, numbers, short texts.
_TOLD: list[tuple[str, str, Any, str]] = [
    ("locals", "stage", "production", "a plain word that was somebody's password"),
    ("locals", "day", "19700101", "a number that was somebody's password"),
    ("locals", "room", "b-214", "too short to be searched for everywhere"),
    ("nested", "state", "completed", "a plain word that was somebody's password"),
    ("stdout", "", "delivery is scheduled", "holds a plain word that was somebody's password"),
    ("exception", "", "the year 2026 has begun", "holds a number that was somebody's password"),
]
TOLD = {"delivery is scheduled": "scheduled", "the year 2026 has begun": "2026"}

ITEMS: list[Item] = [
    Item(f"innocent-{place}-{number}", place, "innocent", name, value, why=why)
    for number, (place, name, value, why) in enumerate(_ROWS)
]
ITEMS += [
    Item(f"innocent-told-{number}", place, "innocent", name, value, told="before", why=why)
    for number, (place, name, value, why) in enumerate(_TOLD)
]
