"""Which names hold secrets: of variables, attributes, keys, arguments, headers, environment.

A name is read as words, so that `DB_PASSWORD`, `dbPassword2` and `X-Db-Password` are one, and
`token_count` or `secret_santa`, whose last word is another thing, are none.
"""

from __future__ import annotations

import re
from functools import lru_cache

_STRONG = (
    "password", "passwd", "passphrase", "passcode", "pwd", "pswd", "passwort", "motdepasse",
    "secret", "secretkey", "apikey", "accesskey", "secretaccesskey", "privatekey", "encryptionkey",
    "signingkey", "masterkey", "accountkey", "storagekey", "sharedkey", "licensekey", "sshkey",
    "hmackey", "servicekey", "servicerolekey", "deploykey", "authkey", "appkey", "clientkey",
    "subscriptionkey", "integrationkey", "consumerkey", "decryptionkey", "cipherkey", "aeskey",
    "seedphrase", "recoverycode", "rootpw", "backupcode", "webhooksecret", "clientsecret", "accesstoken",
    "refreshtoken", "authtoken", "apitoken", "sessiontoken", "bearertoken", "idtoken",
    "securitytoken", "privatetoken", "deploytoken", "sastoken", "bottoken", "secrettoken",
    "credentials", "authorization", "cookie", "connectionstring", "connstr", "cardnumber",
)  # fmt: skip
_STRONG_WORDS = ("pass", "pw", "dsn", "creds", "cvv", "cvc", "pan")  # not: compass, opaque
_WEAK = ("token", "credential", "jwt", "sessionid", "sessionkey", "signature", "bearer")
_WEAK_WORDS = ("auth", "otp", "pin", "sig", "sid", "csrf", "xsrf", "cred", "nonce", "totp")
_PAIRS = ("auth", "cred", "credential")
_COUNTS = (
    "num", "max", "min", "count", "number", "n", "nb", "has", "is", "are", "use", "uses", "total",
    "len", "length", "allow", "allows", "require", "requires", "needs", "show", "enable", "enabled",
    "disable", "disabled", "with", "without", "no", "should", "can",
)  # fmt: skip
# What may follow without making the name that of another thing.
_AFTER = (
    "value", "raw", "plain", "plaintext", "text", "str", "string", "bytes", "old", "new",
    "current", "previous", "confirm", "confirmation", "again", "repeat", "hash", "hashed",
    "encoded", "encrypted", "decrypted", "decoded", "b64", "base64", "base", "hex", "prod",
    "production", "dev", "staging", "live", "test", "default", "header", "pem", "data", "real",
    "actual", "expected", "given", "primary", "secondary", "main", "backup", "env", "var", "headers",
    "fallback", "fallbacks", "a", "b", "v",
)  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST = 100


@lru_cache(maxsize=4096)
def strength(name: str) -> str:
    """Say what a name holds: a secret for sure (`strong`), perhaps (`weak`), or none (``)."""
    words = [word.lower() for word in _WORD.findall(name[-_LONGEST:])]
    if words and words[0] in _COUNTS and len(words) > 1:
        return ""
    if "by" in words[1:]:  # passwords_by_user
        words = words[: words.index("by", 1)]
    found = _of(words)
    while not found and len(words) > 1 and (words[-1].isdigit() or words[-1] in _AFTER):
        words.pop()
        found = _of(words)
    return found


def _of(words: list[str]) -> str:
    flat, last = "".join(words), words[-1] if words else ""
    single = flat.removesuffix("s")
    if flat.endswith(_STRONG) or single.endswith(_STRONG) or last in _STRONG_WORDS:
        return "strong"
    weak = flat.endswith(_WEAK) or single.endswith(_WEAK) or last in _WEAK_WORDS
    return "weak" if weak else ""


def is_of_pair(name: str) -> bool:
    """Whether a name may be that of a user's name and password; tokens of parsers come in pairs, too."""
    words = _WORD.findall(name[-_LONGEST:])
    named = any(word.lower().removesuffix("s") in _PAIRS for word in words)
    return named and strength(name) == "weak"


def is_plural(name: str) -> bool:
    """Whether a name may be that of several things: a number that it holds is their count."""
    words = _WORD.findall(name[-_LONGEST:])
    return bool(words) and words[-1].lower().endswith("s") and not words[-1].lower().endswith("ss")


def is_directory(name: str, text: str) -> bool:
    """Whether this is the working directory, which shells call `PWD`."""
    return name.lower().rpartition(".")[2] in ("pwd", "oldpwd") and bool(
        re.match(r"/|~|[A-Za-z]:[\\/]|\.", text)
    )
