"""Tokens that say whose they are: how each begins, and what follows.

Every pattern begins with one of its own literal heads (so that a text without them is left after
one search for each) and repeats one class of characters: linear in the text.
"""

from __future__ import annotations

_X = "[A-Za-z0-9]"
_W = r"[\w-]"
_H = "[0-9a-f]"

TOKENS: tuple[tuple[str, str, str], ...] = (  # rule, its heads, what follows
    ("map key", "sk.eyJ|pk.eyJ", r"[\w-]{20,}\.[\w-]{20,}"),
    ("jwt", "eyJ", rf"{_W}{{8,4000}}\.{_W}{{4,}}(?:\.{_W}*){{0,3}}"),
    ("aws key", "AKIA|ASIA|AROA|AIDA|ABIA|ACCA", r"[0-9A-Z]{16}(?![0-9A-Za-z])"),
    ("aws key", "ABSK", r"[A-Za-z0-9+/]{60,}={0,2}"),
    ("aws key", "amzn.mws.", rf"{_H}{{8}}-[0-9a-f-]{{27}}"),
    ("github token", "ghp_|gho_|ghu_|ghs_|ghr_", rf"{_X}{{30,}}"),
    ("github token", "github_pat_", r"\w{22,}"),
    ("gitlab token", "glpat-|gldt-|glrt-|glptt-|glcbt-|glft-|glimt-|glagent-|gloas-|glsoat-|glffct-|GR1348941",
     r"[\w.-]{16,}"),
    ("slack token", "xoxa-|xoxb-|xoxe-|xoxo-|xoxp-|xoxr-|xoxs-|xoxc-|xoxd-|xapp-|xoxe.", r"[\w%.-]{10,}"),
    ("stripe key", "sk_live_|sk_test_|rk_live_|rk_test_|sk_prod_|rk_prod_|whsec_", rf"{_X}{{16,}}"),
    ("api key", "sk-", rf"(?=[A-Za-z_-]{{0,200}}[0-9]|{_X}{{40}})(?![a-z]+(?:-[a-z]+)*(?![\w-])){_W}{{20,}}"),
    ("google key", "AIza", rf"{_W}{{35}}"),
    ("google key", "GOCSPX-", rf"{_W}{{20,}}"),
    ("google key", "ya29.", rf"{_W}{{20,}}"),
    ("package index token", "pypi-AgE", rf"{_W}{{20,}}"),
    ("package index token", "npm_", rf"{_X}{{36}}"),
    ("package index token", "rubygems_", rf"{_H}{{48}}"),
    ("package index token", "CLOJARS_", r"[a-z0-9]{60}"),
    ("package index token", "dckr_pat_", rf"{_W}{{20,}}"),
    ("package index token", "AKCp", rf"{_X}{{20,}}"),
    ("mail key", "SG.", r"[\w-]{16,}\.[\w-]{16,}"),
    ("mail key", "xkeysib-|mlsn.", r"[\w-]{30,}"),
    ("mail key", "key-", rf"{_H}{{32}}(?![\w-])"),
    ("digitalocean token", "dop_v1_|doo_v1_|dor_v1_", rf"{_H}{{40,}}"),
    ("huggingface token", "hf_|api_org_", rf"{_X}{{30,}}"),
    ("shop token", "shpat_|shpca_|shppa_|shpss_", r"[A-Fa-f0-9]{32}"),
    ("shop token", "sq0atp-|sq0csp-|EAAA", rf"{_W}{{22,}}"),
    ("shop token", "access_token$production$", rf"{_X}{{16}}\${_H}{{32}}"),
    ("vault token", "hvs.|hvb.|hvr.", rf"{_W}{{20,}}"),
    ("databricks token", "dapi", rf"{_H}{{32}}(?:-\d)?"),
    ("monitoring key", "NRAK-|NRII-|NRRA-|NRJS-|NRAA-", r"[A-Za-z0-9_-]{19,}"),
    ("monitoring key", "glc_|glsa_|sntrys_|sntryu_|dt0c01.", r"[\w+/=.-]{20,}"),
    ("monitoring key", "squ_|sqp_|sqa_", rf"{_H}{{40}}"),
    ("atlassian token", "ATATT3|ATCTT3|ATBB", r"[\w=-]{20,}"),
    ("workspace token", "lin_api_|ntn_|figd_|PMAK-|nfp_|fio-u-", r"[\w-]{32,}"),
    ("workspace token", "secret_", rf"{_X}{{43}}(?!\w)"),
    ("cloud token", "pscale_tkn_|pscale_pw_|pscale_oauth_|dp.pt.|dp.st.|sbp_|pnu_|pul-|HRKU-|CCIPAT_|CFPAT-|bkua_|tfp_|fo1_",
     r"[\w.=-]{24,}"),
    ("cloud token", "sha256~", rf"{_W}{{43}}"),
    ("cloud token", "LTAI", r"[A-Za-z0-9]{17,30}(?![A-Za-z0-9])"),
    ("model key", "gsk_|r8_|pplx-|xai-|tvly-|lsv2_pt_|lsv2_sk_|co_api_|nvapi-", r"[\w-]{28,}"),
    ("model key", "AGE-SECRET-KEY-1", r"[0-9A-Z]{40,}"),
    ("dropbox token", "sl.", r"[\w=-]{100,}"),
    ("facebook token", "EAA", r"[A-Z][A-Za-z0-9]{24,}"),
    ("password manager key", "A3-", r"[A-Z0-9]{6}(?:-[A-Z0-9]{5,6}){5}"),
    ("network key", "tskey-", r"[\w-]{24,}"),
    ("adobe key", "p8e-", r"[A-Za-z0-9]{32}"),
    ("shipping key", "EZAK|EZTK|shippo_live_|shippo_test_", r"[A-Za-z0-9]{40,}"),
    ("twilio key", "SK", rf"{_H}{{32}}(?![0-9A-Za-z])"),
    ("readme key", "rdme_", r"[a-z0-9]{40,}"),
    ("password hash", "$2a$|$2b$|$2y$", r"\d\d\$[./A-Za-z0-9]{53}"),
    ("password hash", "$argon2id$|$argon2i$|$argon2d$|pbkdf2_sha256$|$pbkdf2-sha256$|$5$|$6$|$y$",
     r"[\w,=$./+-]{20,}"),
    ("webhook", "hooks.slack.com/services/|hooks.slack.com/workflows/", r"[\w/-]{20,}"),
    ("webhook", "discord.com/api/webhooks/|discordapp.com/api/webhooks/", r"\d{5,}/[\w-]{20,}"),
    ("webhook", ".webhook.office.com/webhookb2/", r"[\w@/-]{20,}"),
)  # fmt: skip

# No head of their own: a literal within, and the whole of it.
INNER: tuple[tuple[str, str, str], ...] = (
    ("terraform token", ".atlasv1.", r"(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,}"),
    ("mail key", "-us", r"(?<![0-9a-f])[0-9a-f]{32}-us\d{1,2}(?!\w)"),
    ("telegram token", ":AA", r"(?<!\d)\d{7,12}:AA[\w-]{32,34}(?![\w-])"),
    ("azure secret", "Q~", r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])"),
    ("discord token", ".", r"(?<![\w.-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w.-])"),
    ("map key", "_mmk", r"(?<!\w)[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk"),
)
