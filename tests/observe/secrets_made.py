"""Secrets that never were any: put together here so that no scanner takes this file for a leak."""

from __future__ import annotations

_HEX = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
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
    "api key": [("sk" + f"-proj-{_BODY}",) * 2, ("sk" + f"-ant-api03-{_BODY}",) * 2],
    "google key": [("AI" + f"za{_BODY[:35]}",) * 2, ("GOC" + f"SPX-{_BODY[:28]}",) * 2, ("ya" + f"29.{_BODY}",) * 2],
    "mail key": [
        ("S" + f"G.{_BODY[:22]}.{_BODY}",) * 2, ("xkey" + f"sib-{_HEX}{_HEX}",) * 2, (f"{_HEX}-us17",) * 2,
        ("ke" + f"y-{_HEX}",) * 2,
    ],
    "digitalocean token": [("do" + f"p_v1_{_HEX}{_HEX}",) * 2],
    "huggingface token": [("h" + f"f_{_BODY}",) * 2],
    "shop token": [("shp" + f"at_{_HEX}",) * 2, ("sq0" + f"atp-{_BODY[:22]}",) * 2],
    "vault token": [("hv" + f"s.{_BODY}",) * 2],
    "databricks token": [("da" + f"pi{_HEX}",) * 2],
    "monitoring key": [("NR" + f"AK-{_BODY[:27].upper()}",) * 2, ("gl" + f"sa_{_BODY}",) * 2, ("sq" + f"p_{_HEX}{_HEX[:8]}",) * 2],
    "atlassian token": [("ATA" + f"TT3{_BODY}",) * 2],
    "workspace token": [("lin" + f"_api_{_BODY}",) * 2, ("fi" + f"gd_{_BODY}",) * 2, ("sec" + f"ret_{_BODY}abc",) * 2],
    "cloud token": [("pscale" + f"_tkn_{_BODY}",) * 2, ("dp" + f".pt.{_BODY}",) * 2, ("LT" + f"AI{_BODY[:20]}",) * 2],
    "model key": [("gs" + f"k_{_BODY}",) * 2, ("AGE" + f"-SECRET-KEY-1{_BODY.upper()}ABCDEFGHIJ",) * 2],
    "map key": [("p" + f"k.eyJ{_BODY}.{_BODY[:22]}",) * 2, (f"{_BODY[:6]}_{_BODY[:29]}" + "_mmk",) * 2],
    "dropbox token": [("s" + f"l.{_BODY * 4}",) * 2],
    "facebook token": [("EA" + f"ACEdEose0cBA{_BODY}",) * 2],
    "network key": [("tsk" + f"ey-auth-{_BODY}",) * 2],
    "password manager key": [("A3" + "-QSLQWN-1JBP0Z-Q35S9-7YMAT-OM54G-ZEKT8",) * 2],
    "adobe key": [("p8" + f"e-{_BODY[:32]}",) * 2],
    "shipping key": [("EZ" + f"AK{_BODY}{_BODY[:14]}",) * 2],
    "twilio key": [("S" + f"K{_HEX}",) * 2],
    "readme key": [("rd" + f"me_{_HEX}{_HEX}",) * 2],
    "password hash": [("$2" + f"b$12${(_BODY * 2)[:53]}",) * 2, ("$argon" + f"2id$v=19$m=65536,t=3,p=4${_BODY}",) * 2],
    "webhook": [
        ("https://hooks.slack.com" + f"/services/T0000000/B0000000/{_BODY[:24]}", _BODY[:24]),
        ("https://discord.com" + f"/api/webhooks/123456789/{_BODY}", _BODY),
    ],
    "terraform token": [(f"{_BODY[:14]}.atlas" + f"v1.{_BODY}{_BODY[:24]}",) * 2],
    "telegram token": [("123456789:A" + f"A{_BODY[:33]}",) * 2],
    "azure secret": [("abc8" + f"Q~{_BODY[:34]}",) * 2],
    "discord token": [(f"M{_BODY[:23]}.{_BODY[:6]}.{_BODY[:27]}",) * 2],
    "cookie header": [("Cookie: sessionid=s3cr3t-pw", "s3cr3t-pw"), ("'set-cookie': 'sid=s3cr3t-pw; Path=/'", "s3cr3t-pw")],
    "signed url": [(f"https://h/blob?se=2026&sig={_BODY}%3D&sp=r", _BODY)],
    "user and password": [("curl -u admin:s3cr3t-pw", "s3cr3t-pw"), ("login ada password s3cr3t-pw", "s3cr3t-pw"),
                          ("auth=('ada', 's3cr3t-pw')", "s3cr3t-pw")],
    "card number": [(number,) * 2 for number in (
        "4111" + "111111111111", "4111 1111" + " 1111 1111", "5500-0000" + "-0000-0004", "3782 822463" + " 10005",
        "6011" + "000990139424", "2223" + "000048400011")],
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
    ("tokens", ["def", "add", "(", "x+1", ")"]), ("tokens", ("text", "<em>&quot;a&quot;</em>")),
    ("token", "identifier"), ("token", "=="),
    ("token", "a b c = 12 + 3"), ("token", "12345.678"), ("pin", "1234"), ("auth", "required"),
    ("key", "user:1001:name"), ("monkey", "gibbon-99-x"), ("keys", ["a1b2c3d4e5"]),
    ("author", "ada.lovelace-1815"), ("authors", ["grace.hopper-1906"]), ("spin", "up-1/2-down"),
    ("secretary", "miss.moneypenny-007"), ("tokenizer", "bert-base-uncased-v2"),
    ("passwordless", "webauthn-2-only"), ("cookies_accepted", "yes-2026-01-02"),
    ("num_passwords", 3), ("max_cookies", 50), ("password_min_length", 12),
    ("password", "********"), ("password_hint", "first pet-1999-x"),
     ("token_type", "bearer-2-x"), ("cookie_name", "shop-session-1"),
    ("api_key_name", "X-Api-Key-2"), ("primary_key", "a1b2c3d4e5"), ("has_secret", "maybe-1-x"),
    ("auth_method", "basic-auth-2"), ("token", "symbol2label"), ("token", "my_variable_1"),
    ("token", "user.address.street"), ("tokens", ["base64encode", "x86_64_linux", "foo_bar(2)"]),
    ("number", 4111111111111112), ("order", "4111-2222-3333"), ("started", 1763722479000000000),
    ("name", ["password", "required"]), ("commit", "2d627ef9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3"),
    ("description", "the password was changed on 2026-01-02"), ("passed", "12-of-13-tests"),
]  # fmt: skip
