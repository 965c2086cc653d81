"""Refusals because of the key, what it may do, and who pays."""

from webapp.providers.gemini.refusals.rule import KEY, STUDIO, Rule

KEYS = (
    Rule(
        "auth",
        f"The Gemini key has expired. Renew it in {STUDIO} and put it into {KEY}.",
        words="api key expired",
    ),
    Rule(
        "auth",
        "Google has blocked the Gemini key, because it was found in public. "
        f"Make a new one in {STUDIO}, put it into {KEY}, and delete the old one.",
        words="reported as leaked",
    ),
    Rule(
        "auth",
        f"Gemini does not know this key. Copy it again from {STUDIO} into {KEY}.",
        words="api_key_invalid|api key not valid|api key not found",
    ),
    Rule(
        "auth",
        f"No key reached Gemini. Check {KEY}, and where EASEL_GEMINI__BASE_URL leads.",
        words="unregistered callers|without established identity",
    ),
    Rule("auth", f"Gemini does not accept the key. Copy it again into {KEY}.", code=401),
)
PERMISSIONS = (
    Rule(
        "permission",
        "Google does not offer Gemini where this server is. Run Easel in a country that is served, "
        "or lead it through a proxy there (HTTPS_PROXY).",
        words="user location is not supported",
    ),
    Rule(
        "permission",
        "Google has suspended the project of the Gemini key. The Google Cloud console says why.",
        words="consumer_suspended|has been suspended",
    ),
    Rule(
        "permission",
        "The Gemini API is not switched on for the project of the key. Switch on “Generative "
        "Language API” in the Google Cloud console, or make a new key.",
        code=403,
        words="service_disabled|service_blocked|has not been used in project|are blocked",
    ),
    Rule(
        "permission",
        "The Gemini key may not be used from this server. Lift its restriction to addresses or "
        "sites in the Google Cloud console, or make a new key.",
        words="api_key_(ip_address|http_referrer|android_app|ios_app)_blocked",
    ),
)
MONEY = (
    Rule(
        "quota",
        "Gemini makes no pictures without billing, and the project of this key has none. "
        f"Set up billing in {STUDIO}.",
        words=r"limit: 0\b|free tier is not available|billing_disabled|enable billing",
    ),
    Rule(
        "quota",
        "The credit of the Gemini key's project is used up, or its spending limit is reached. "
        f"Look at its billing in {STUDIO}.",
        words="credits are depleted|spending (cap|limit)|spend cap",
    ),
    Rule(
        "quota",
        "Google wants to be paid before Gemini makes more pictures. Look at the billing of the "
        f"key's project in {STUDIO}.",
        code=402,
    ),
    Rule(
        "quota",
        "Today's quota of the Gemini key is used up. It begins anew at midnight in California; "
        f"{STUDIO} says how to raise it.",
        code=429,
        words="perday",
    ),
    Rule("rate_limit", "Gemini was asked too often just now. {wait}", code=429),
)
