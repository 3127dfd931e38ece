"""Secrets that never were any: put together here so that no scanner takes this file for a leak."""

from __future__ import annotations

_BODY = "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4zAb7cDe0f"

# the rule -> texts of this shape; what may not be seen afterwards is the second of each pair
BY_RULE: dict[str, list[tuple[str, str]]] = {
    "private key": [
        (f"-----BEGIN {kind}PRIVATE KEY-----\n{_BODY}\n{_BODY}\n-----END {kind}PRIVATE KEY-----", _BODY)
        for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")
    ],
    "jwt": [("ey" + f"J{_BODY}.{_BODY}.{_BODY}",) * 2, ("ey" + f"J{_BODY}.ey-J_{_BODY}.",) * 2],
    "aws key": [(prefix + "Q3EGRWX5TRPY7LKM",) * 2 for prefix in ("AKI" + "A", "ASI" + "A")],
    "github token": [
        (head + _BODY,) * 2 for head in ("gh" + "p_", "gh" + "s_", "github" + "_pat_")
    ],
    "gitlab token": [("gl" + f"pat-{_BODY}",) * 2],
    "slack token": [("xo" + "xb-123456789-" + _BODY,) * 2],
    "stripe key": [("sk" + f"_live_{_BODY}",) * 2, ("rk" + f"_test_{_BODY}",) * 2],
    "api key": [("sk" + f"-proj-{_BODY}",) * 2, ("AI" + f"za{_BODY[:35]}",) * 2],
    "package index token": [("py" + f"pi-AgEI{_BODY}",) * 2, ("np" + f"m_{_BODY[:36]}",) * 2],
    "authorization header": [
        (f"Authorization: Bearer {_BODY}", _BODY), (f"authorization: basic {_BODY}==", _BODY),
    ],
    "url credentials": [("postgres://admin:s3cr3t-pw@db.example/x", "s3cr3t-pw")],
    "assigned secret": [
        ("password=s3cr3t-pw", "s3cr3t-pw"), ('"api_key": "s3cr3t-pw"', "s3cr3t-pw"),
        ("SECRET_KEY = 's3cr3t-pw'", "s3cr3t-pw"), ("access_token:s3cr3t-pw", "s3cr3t-pw"),
    ],
}  # fmt: skip

PLANTED: list[tuple[str, str]] = [pair for pairs in BY_RULE.values() for pair in pairs]

STRONG = """
password passwd passphrase secret secret_key api_key apiKey API_KEY access_key private_key
client_secret access_token refreshToken auth_token bearer-token id_token credentials authorization
Proxy-Authorization cookie Set-Cookie connection_string dsn pwd db_password DB_PASSWORD userPassword
_password self.password aws.secret.key encryption_key signing_key X-Auth-Token
"""

WEAK = "token auth credential jwt session_id csrf_token otp pin login_token"

INNOCENT: list[tuple[str, object]] = [
    ("token_count", 7), ("password_field", None), ("password", None), ("password", ""),
    ("password", True), ("secret_santa", "Alice Liddell 42"), ("keyboard", "qwertz-105-de"),
    ("tokens", ["def", "add", "(", "x+1", ")"]), ("token", "identifier"), ("token", "=="),
    ("token", "a b c = 12 + 3"), ("token", "12345.678"), ("pin", "1234"), ("auth", "required"),
    ("key", "user:1001:name"), ("monkey", "gibbon-99-x"), ("keys", ["a1b2c3d4e5"]),
    ("author", "ada.lovelace-1815"), ("authors", ["grace.hopper-1906"]), ("spin", "up-1/2-down"),
    ("secretary", "miss.moneypenny-007"), ("tokenizer", "bert-base-uncased-v2"),
    ("passwordless", "webauthn-2-only"), ("cookies_accepted", "yes-2026-01-02"),
    ("num_passwords", 3), ("max_cookies", 50), ("password_min_length", 12),
    ("description", "the password was changed on 2026-01-02"), ("passed", "12-of-13-tests"),
]  # fmt: skip
