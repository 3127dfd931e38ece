"""The planted secrets: what must not reach a file of ours, nor our part of the terminal."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Iterator
from typing import Any

from .item import Item
from .shapes import VENDORS, base64_of, card, fill, jwt, pem, spaced

PLAIN = "{n14}"  # no shape that anyone could know

# Telling names, by the place that they stand in (`~` is a space). What cannot be an identifier stands in keys.
NAMED = {
    "locals": """api_key apiKey passwd pwd client_secret private_key access_token sessionCookie
        DB_PASSWORD secretKey passphrase signing_secret""",
    "arguments": """password token authToken user_passwd aws_secret_access_key refresh_token
        dbPassword encryption_key webhookSecret""",
    "nested": """API-KEY X-Auth-Token Authorization Set-Cookie proxy-authorization X-Api-Key
        client-secret Session-Cookie accessToken oauth.token X-Amz-Security-Token""",
    "attributes": """password api_token _secret secret_key smtp_password privateKey _session_token
        credentials""",
    "source": """password API_KEY client_secret authToken db_passwd SECRET_KEY""",
    "assertion": """password access_token apiKey session_token secret user_password""",
    "exception": """password= api_key: passwd= client_secret= X-Api-Key:~ "token":~""",
    "stdout": """password: api-key= DB_PASSWORD= "client_secret":~ Cookie:~sessionid= pwd=
        --password=""",
    "log": """token= password= X-Auth-Token:~ "apiKey":~ 'secret_key':~""",
    "argv": """--password --api-key --client_secret --db-passwd --auth-token --secretKey""",
    "environment": """DB_PASSWORD STRIPE_API_KEY AWS_SECRET_ACCESS_KEY APP_SECRET PGPASSWORD
        GITHUB_TOKEN SESSION_COOKIE NPM_AUTH_TOKEN MYSQL_PWD""",
}  # fmt: skip
NAMED_SHAPES = {
    "Authorization": "Bearer {secret}", "proxy-authorization": "Digest {secret}",
    "Set-Cookie": "sessionid={secret}; Path=/; HttpOnly",
}  # fmt: skip

URLS = {
    "https-userinfo": "https://ann:{secret}@example.com/path",
    "https-token-user": "https://{secret}@git.example.com/team/repo.git",
    "https-no-user": "redis://:{secret}@cache:6379/0",
    "postgres": "postgresql+asyncpg://app:{secret}@db.internal:5432/shop?sslmode=require",
    "mysql": "mysql://root:{secret}@127.0.0.1/shop",
    "mongo": "mongodb+srv://app:{secret}@cluster0.ab1cd.mongodb.net/?retryWrites=true",
    "amqp": "amqps://worker:{secret}@mq.example.com/%2fjobs",
    "ftp": "ftp://files:{secret}@ftp.example.com/in",
    "smtp": "smtp://mailer%40example.com:{secret}@smtp.example.com:587",
    "query-token": "https://api.example.com/v1/users?page=2&access_token={secret}&sort=name",
    "query-key": "https://maps.example.com/geo?api_key={secret}",
    "query-sig": "https://store.example.com/f.zip?X-Amz-Signature={secret}&X-Amz-Expires=60",
    "fragment": "https://app.example.com/done#access_token={secret}&token_type=bearer",
    "libpq": "host=db user=app password={secret} dbname=shop",
    "libpq-quoted": "host=db user=app password='{secret}' dbname=shop",
    "odbc": "Driver={ODBC Driver 18};Server=db;Uid=app;Pwd={secret};Encrypt=yes",
    "jdbc": "jdbc:sqlserver://db:1433;user=app;password={secret};encrypt=true",
    "azure-storage": "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={secret}",
    "azure-bus": "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey={secret}",
    "azure-sas": "https://shop.blob.core.windows.net/c/f?sv=2022-11-02&sp=r&sig={secret}",
}  # fmt: skip
_URL_FORMATS = {
    "azure-storage": "{b86}==",
    "azure-bus": "{b43}=",
    "query-sig": "{x64}",
    "azure-sas": "{n43}%3D",
}

# Where a vendor's token may stand, in turn; the telling names are in other items.
_SHAPE_PLACES = (
    "locals", "exception", "stdout", "arguments", "log", "nested", "source", "assertion",
    "argv", "environment", "attributes", "url",
)  # fmt: skip
_SENTENCES = (
    "{secret}",
    "the host refused {secret} today",
    "<{secret}>",
    "a,{secret},b",
    "got '{secret}'.",
)


def _named() -> Iterator[Item]:
    for place, names in NAMED.items():
        for number, name in enumerate(names.split()):
            key = f"name-{place}-{number}"
            secret = fill("{p16}" if number % 4 == 3 else PLAIN, key)
            text = NAMED_SHAPES.get(name, "{secret}").format(secret=secret)
            yield Item(key, place, "name", name.replace("~", " "), text, (secret,))


def _vendors() -> Iterator[Item]:
    for number, (vendor, pattern) in enumerate(VENDORS.items()):
        place = _SHAPE_PLACES[number % len(_SHAPE_PLACES)]
        secret = fill(pattern, vendor)
        bare = place in ("source", "argv", "environment", "url")
        text = secret if bare else _SENTENCES[number % len(_SENTENCES)].format(secret=secret)
        if place == "url" and not secret.startswith("http"):
            text = f"https://api.example.com/{secret}/send"
        yield Item(f"vendor-{vendor}", place, "shape", "note", text, (secret,))


def _urls() -> Iterator[Item]:
    for kind, pattern in URLS.items():
        secret = fill(_URL_FORMATS.get(kind, "{n18}"), f"url-{kind}")
        yield Item(
            f"url-{kind}", "url", "url", "target", pattern.replace("{secret}", secret), (secret,)
        )


def _shaped(place: str, kind: str, secret: str, text: str = "{secret}", name: str = "note") -> Item:
    return Item(
        f"shape-{kind}-{place}", place, "shape", name, text.replace("{secret}", secret), (secret,)
    )


def _shapes() -> Iterator[Item]:
    """Shapes that are no vendor's."""
    for place in ("locals", "exception", "stdout", "nested", "argv"):
        yield _shaped(place, "jwt", jwt(f"jwt {place}"))
    yield _shaped("log", "jwt-long", jwt("long", "RS256"), "decoded {secret}")
    for place, kind in (("locals", "RSA PRIVATE"), ("stdout", "PRIVATE"), ("exception", "EC PRIVATE"),
                        ("attributes", "OPENSSH PRIVATE"), ("log", "ENCRYPTED PRIVATE")):  # fmt: skip
        yield _shaped(place, "pem", pem(f"pem {place}", kind))
    for place in ("locals", "stdout", "assertion", "log"):
        secret = fill("{w40}", f"bearer {place}")
        yield _shaped(place, "bearer", secret, "Authorization: Bearer {secret}", "header")
    for place in ("exception", "stdout", "nested"):
        secret = base64_of("ann:" + fill(PLAIN, f"basic {place}"))
        yield _shaped(place, "basic", secret, "Authorization: Basic {secret}", "header")
    yield _shaped(
        "stdout", "curl", fill(PLAIN, "curl"), "curl -sS -u ann:{secret} https://example.com/x"
    )
    yield _shaped(
        "exception",
        "netrc",
        fill(PLAIN, "netrc"),
        "machine example.com login ann password {secret}",
    )
    yield _shaped(
        "stdout", "npmrc", fill("{n36}", "npmrc"), "//registry.npmjs.org/:_authToken={secret}"
    )
    yield _shaped("log", "aws-file", fill("{b40}", "aws file"), "aws_secret_access_key = {secret}")
    yield _shaped(
        "exception", "yaml", fill(PLAIN, "yaml"), "db:\n  user: ann\n  password: {secret}\n"
    )
    cards = {
        "locals": card("4", 16, "visa"),
        "stdout": card("51", 16, "mc"),
        "log": card("37", 15, "amex"),
    }
    for place, number in cards.items():
        yield _shaped(place, "card", number, "paid with {secret}")
    yield _shaped("exception", "card-spaced", spaced(card("4", 16, "spaced")), "paid with {secret}")
    yield _shaped("nested", "card-dashed", spaced(card("52", 16, "dashed"), "-"))


def _odd() -> Iterator[Item]:
    """Telling names over values that are no plain text."""

    def secret(kind: str, pattern: str = PLAIN) -> str:
        return fill(pattern, f"odd {kind}")  # fmt: skip

    number = secret("number", "8{d9}")
    yield Item("odd-int", "locals", "name", "passcode", int(number), (number,))
    yield Item(
        "odd-bytes", "locals", "name", "password", {"bytes": secret("bytes")}, (secret("bytes"),)
    )
    yield Item(
        "odd-dict", "locals", "name", "passwords", {"ann": secret("dict")}, (secret("dict"),)
    )
    yield Item("odd-list", "arguments", "name", "api_keys", [secret("list")], (secret("list"),))
    yield Item(
        "odd-pair", "locals", "name", "credentials", ["ann", secret("pair")], (secret("pair"),)
    )
    yield Item(
        "odd-short", "locals", "name", "pwd", secret("short", "{n6}"), (secret("short", "{n6}"),)
    )
    yield Item("odd-word", "locals", "name", "password", "swordfishes", ("swordfishes",))
    yield Item(
        "odd-wide",
        "attributes",
        "name",
        "password",
        secret("wide") + "\u00e9\u4e2d",
        (secret("wide"),),
    )
    long = secret("long", "{n900}")
    yield Item("odd-long", "nested", "name", "refresh_token", long, (long,))
    deep: Any = {"session_token": secret("deep")}
    for level in range(3):
        deep = {f"level{level}": [deep]}
    yield Item("odd-deep", "nested", "name", "", deep, (secret("deep"),))
    dumped = '{{"user": "ann", "password": "{}", "page": 2}}'.format(secret("dumped"))
    yield Item("odd-json-text", "locals", "name", "body", dumped, (secret("dumped"),))
    form = f"user=ann&password={secret('form')}&page=2"
    yield Item("odd-form", "stdout", "name", "", form, (secret("form"),))


def _encoded(secret: str) -> dict[str, Any]:
    return {
        "raw": secret,
        "sentence": f"the host said no to {secret}, again",
        "escaped": repr({"it": secret}),
        "json": json.dumps([secret]),
        "bytes": {"bytes": secret},
        "bytes-text": repr(secret.encode()),
        "quoted": urllib.parse.quote(secret, safe=""),
        "quoted-plus": "q=" + urllib.parse.quote_plus(secret),
        "base64": base64.b64encode(secret.encode()).decode(),
        "base64url": base64.urlsafe_b64encode(secret.encode()).decode(),
        "base64-pair": base64_of(f"ann:{secret}"),
    }


def _twice() -> Iterator[Item]:
    """The same secret under a telling name and, with no name and no shape, elsewhere."""
    places = [
        "exception",
        "stdout",
        "locals",
        "log",
        "nested",
        "attributes",
        "arguments",
        "assertion",
    ]
    turns = ("same", "before", "after")
    seeds = ("plain", "odd")
    count = 0
    for seed in seeds:
        for form in _encoded("x"):
            key = f"twice-{seed}-{form}"
            secret = fill(PLAIN if seed == "plain" else "{n6} '\"\\{n5}\u00e9&/{n4}", key)
            yield Item(
                key, places[count % len(places)], "twice", "password", _encoded(secret)[form], (secret,),
                told=turns[count % len(turns)],
            )  # fmt: skip
            count += 1


ITEMS: list[Item] = [*_named(), *_vendors(), *_urls(), *_shapes(), *_odd(), *_twice()]
