"""Invented values in true formats, from a fixed seed: no token stands in this repository whole.

The formats are public: the vendors' own documents, and what the rules and tests of gitleaks (MIT)
and detect-secrets (Apache-2.0) look for. `{n36}` stands for 36 letters and digits, and so on.
"""

from __future__ import annotations

import base64
import json
import random
import re
import string

_LETTERS = string.ascii_letters + string.digits
CLASSES = {
    "d": string.digits,
    "x": "0123456789abcdef",
    "X": "0123456789ABCDEF",
    "a": string.ascii_lowercase + string.digits,
    "A": string.ascii_uppercase + string.digits,
    "B": string.ascii_uppercase + "234567",
    "n": _LETTERS,
    "w": _LETTERS + "_-",
    "b": _LETTERS + "+/",
    "l": string.ascii_letters,
    "p": _LETTERS + "!#$*_-",
}


def fill(pattern: str, seed: str) -> str:
    """Return `pattern` with every `{class length}` replaced by characters of that class."""
    source = random.Random(f"planted {seed}")

    def chosen(found: re.Match[str]) -> str:
        return "".join(source.choice(CLASSES[found[1]]) for _ in range(int(found[2])))

    return re.sub(r"\{([a-zA-Z])(\d+)\}", chosen, pattern)


def base64_of(text: str, *, safe: bool = False) -> str:
    encode = base64.urlsafe_b64encode if safe else base64.b64encode
    return encode(text.encode()).decode()


def jwt(seed: str, algorithm: str = "HS256") -> str:
    """A JSON web token: two objects and a signature that no key made."""
    head = json.dumps({"alg": algorithm, "typ": "JWT"}, separators=(",", ":"))
    body = json.dumps(
        {"sub": fill("{d10}", seed), "name": fill("{l9}", seed)}, separators=(",", ":")
    )
    size = {"HS256": 43, "RS256": 342, "none": 0}[algorithm]
    parts = (base64_of(head, safe=True), base64_of(body, safe=True), fill(f"{{w{size}}}", seed))
    return ".".join(part.rstrip("=") for part in parts)


def pem(seed: str, kind: str = "RSA PRIVATE", lines: int = 6) -> str:
    """A key block: the frame is real, the content noise."""
    rule = "-" * 5
    body = [fill("{b64}", f"{seed} {number}") for number in range(lines)]
    return "\n".join([f"{rule}BEGIN {kind} KEY{rule}", *body, f"{rule}END {kind} KEY{rule}"])


def card(prefix: str, length: int, seed: str, *, valid: bool = True) -> str:
    """A card number with a check digit that is right, or one that is wrong."""
    digits = prefix + fill(f"{{d{length - len(prefix) - 1}}}", seed)
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled - 9 if doubled > 9 else doubled
    check = -total % 10
    return digits + str(check if valid else (check + 3) % 10)


def spaced(number: str, mark: str = " ") -> str:
    return mark.join(number[i : i + 4] for i in range(0, len(number), 4))


VENDORS = {
    "aws-access-key": "AKIA{B16}",
    "aws-session-key": "ASIA{B16}",
    "gcp-api-key": "AIza{w35}",
    "gcp-oauth-token": "ya29.{w60}",
    "gcp-client-secret": "GOCSPX-{w28}",
    "azure-client-secret": "{n3}8Q~{n34}",
    "github-classic": "ghp_{n36}",
    "github-oauth": "gho_{n36}",
    "github-server": "ghs_{n36}",
    "github-refresh": "ghr_{n36}",
    "github-fine": "github_pat_{n22}_{n59}",
    "gitlab-personal": "glpat-{w20}",
    "gitlab-runner": "glrt-{w20}",
    "gitlab-trigger": "glptt-{x40}",
    "slack-bot": "xoxb-{d12}-{d13}-{n24}",
    "slack-user": "xoxp-{d12}-{d12}-{d12}-{x32}",
    "slack-app": "xapp-1-A{A10}-{d13}-{x64}",
    "slack-hook": "https://hooks.slack.com/services/T{A10}/B{A10}/{n24}",
    "stripe-live": "sk_live_{n24}",
    "stripe-long": "sk_live_51{n97}",
    "stripe-restricted": "rk_live_{n24}",
    "stripe-webhook": "whsec_{n32}",
    "npm": "npm_{n36}",
    "pypi": "pypi-AgEIcHlwaS5vcmc{w70}",
    "rubygems": "rubygems_{x48}",
    "twilio-key": "SK{x32}",
    "sendgrid": "SG.{w22}.{w43}",
    "mailgun": "key-{x32}",
    "mailchimp": "{x32}-us20",
    "sendinblue": "xkeysib-{x64}-{n16}",
    "digitalocean": "dop_v1_{x64}",
    "digitalocean-oauth": "doo_v1_{x64}",
    "vault": "hvs.{w92}",
    "vault-batch": "hvb.{w140}",
    "terraform": "{n14}.atlasv1.{w64}",
    "shopify": "shpat_{x32}",
    "shopify-secret": "shpss_{x32}",
    "databricks": "dapi{x32}",
    "huggingface": "hf_{l34}",
    "openai": "sk-{n20}T3BlbkFJ{n20}",
    "openai-project": "sk-proj-{w58}T3BlbkFJ{w58}",
    "anthropic": "sk-ant-api03-{w93}AA",
    "linear": "lin_api_{n40}",
    "postman": "PMAK-{x24}-{x34}",
    "square": "sq0csp-{w43}",
    "square-token": "EAAA{w60}",
    "grafana": "glsa_{n32}_{X8}",
    "pulumi": "pul-{x40}",
    "planetscale": "pscale_tkn_{w43}",
    "sentry": "sntrys_eyJpYXQiOj{b120}",
    "newrelic": "NRAK-{A27}",
    "doppler": "dp.pt.{n43}",
    "easypost": "EZAK{n54}",
    "flyio": "fo1_{w43}",
    "telegram": "{d10}:AA{w33}",
    "discord": "M{n23}.{w6}.{w27}",
    "facebook": "EAAG{n120}",
    "heroku": "HRKU-AA{w58}",
    "artifactory": "AKCp{n69}",
    "atlassian": "ATATT3{w186}",
    "dynatrace": "dt0c01.{A24}.{A64}",
    "age": "AGE-SECRET-KEY-1{A58}",
    "1password": "A3-{A6}-{A6}-{A5}-{A5}-{A5}-{A5}",
    "clojars": "CLOJARS_{a60}",
    "supabase": "sbp_{x40}",
    "tailscale": "tskey-auth-{n17}-{n32}",
    "figma": "figd_{w40}",
    "notion": "ntn_{d11}{n35}",
    "docker": "dckr_pat_{w27}",
    "alibaba": "LTAI{n20}",
}
