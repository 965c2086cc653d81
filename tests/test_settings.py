import dataclasses
from pathlib import Path

import pytest

from webapp.app import settings_from_surroundings
from webapp.errors import SettingsError
from webapp.settings import Settings, parse_bytes, parse_rate


def from_env(**environ):
    return Settings.from_env(environ)


def test_an_empty_environment_gives_the_defaults():
    settings = from_env()
    assert settings == Settings()
    assert (settings.host, settings.port, settings.threads) == ("127.0.0.1", 8000, 8)
    assert (settings.workers, settings.trusted_proxies) == (2, 0)
    assert settings.data_dir == Path("instance")
    assert settings.cache_max_bytes == 2 * 2**30
    assert settings.max_upload_bytes == 50_000_000
    assert settings.max_pixels == 100_000_000


def test_settings_can_t_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        from_env().port = 1


def test_every_setting_is_read_from_its_name():
    texts = {
        "EASEL_DATA_DIR": "/srv/easel",
        "EASEL_HOST": "0.0.0.0",
        "EASEL_PORT": "0",
        "EASEL_THREADS": "4",
        "EASEL_BASE_URL": "https://easel.example/",
        "EASEL_TRUSTED_HOSTS": "a.example, b.example,,",
        "EASEL_TRUSTED_PROXIES": "1",
        "EASEL_NGINX_DIR": "/srv/shown",
        "EASEL_SECRET_KEY": "s",
        "EASEL_SIGNING_KEYS": "one,two",
        "EASEL_DATABASE_URL": "postgresql+psycopg://u:p@h/d",
        "EASEL_CACHE_URL": "redis://h/1",
        "EASEL_CACHE_MAX_BYTES": "3GiB",
        "EASEL_QUEUE_URL": "redis://h/2",
        "EASEL_WORKERS": "3",
        "EASEL_STORAGE_URL": "s3://bucket/prefix",
        "EASEL_PROVIDER": "sketch",
        "EASEL_API_RATE": "9 per second",
        "EASEL_UPLOAD_RATE": "off",
        "EASEL_WEBHOOK_HOSTS": "hooks.lan:8080",
        "EASEL_MAX_UPLOAD_BYTES": "51MB",
        "EASEL_MAX_PIXELS": "1000000",
        "EASEL_PRESETS": "{}",
        "EASEL_MODELS": "{}",
    }
    settings = Settings.from_env(texts)
    names = {f"EASEL_{item.name.upper()}" for item in dataclasses.fields(Settings)}
    assert names - {"EASEL_SECTIONS"} == set(texts)
    unchanged = {
        item.name
        for item in dataclasses.fields(Settings)
        if getattr(settings, item.name) == getattr(Settings(), item.name)
    }
    assert unchanged == {"sections"}
    assert settings.data_dir == Path("/srv/easel")
    assert settings.base_url == "https://easel.example"
    assert settings.trusted_hosts == ("a.example", "b.example")
    assert settings.signing_keys == ("one", "two")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1", 1),
        ("52428800", 52_428_800),
        ("50MB", 50_000_000),
        ("50 mb", 50_000_000),
        ("2GiB", 2 * 2**30),
        ("2g", 2 * 10**9),
        ("3kib", 3072),
        (" 7 B ", 7),
    ],
)
def test_sizes_can_be_written_as_people_do(text, count):
    assert parse_bytes(text) == count


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1200 per minute", "1200 per minute"),
        ("5/second", "5 per second"),
        ("10/HOUR", "10 per hour"),
        ("7 per day", "7 per day"),
        ("off", ""),
        ("0", ""),
    ],
)
def test_a_rate_is_a_number_and_a_time(text, rate):
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "often", "0 per minute", "5", "5 per fortnight", "-1/hour"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(ValueError, match="1200 per minute"):
        parse_rate(text)


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5GB", "GB", "1TBs", "1e9", "1 000", "x"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match="a number of bytes such as"):
        parse_bytes(text)


def test_all_mistakes_are_told_at_once():
    with pytest.raises(SettingsError) as caught:
        from_env(
            EASEL_PORT="70000",
            EASEL_THREADS="none",
            EASEL_BASE_URL="easel.example",
            EASEL_DATABASE_URL="mysql://h/d",
            EASEL_MAX_PIXELS="-1",
            EASEL_PROVIDER="Sketch!",
            EASEL_SECRET_KEY_FILE="/nowhere/at/all",
        )
    lines = str(caught.value).splitlines()
    assert lines == [
        "The settings can't be used:",
        "EASEL_BASE_URL must be a URL that starts with http:// or https://.",
        (
            "EASEL_DATABASE_URL must be a URL that starts with sqlite:// or postgresql:// or "
            "postgresql+psycopg://."
        ),
        "EASEL_MAX_PIXELS must be a whole number from 1.",
        "EASEL_PORT must be a port from 0 to 65535.",
        "EASEL_PROVIDER must be a name of lower-case letters and digits.",
        "EASEL_SECRET_KEY_FILE must name a file that can be read; '/nowhere/at/all' can't.",
        "EASEL_THREADS must be a whole number from 1.",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("EASEL_PORT", "65536"),
        ("EASEL_PORT", "-1"),
        ("EASEL_PORT", "http"),
        ("EASEL_WORKERS", "0"),
        ("EASEL_TRUSTED_PROXIES", "-1"),
        ("EASEL_TRUSTED_PROXIES", "yes"),
        ("EASEL_BASE_URL", "javascript:alert(1)"),
        ("EASEL_BASE_URL", "http://["),
        ("EASEL_CACHE_URL", "memcached://h"),
        ("EASEL_QUEUE_URL", "amqp://h"),
        ("EASEL_STORAGE_URL", "ftp://h"),
        ("EASEL_CACHE_MAX_BYTES", "lots"),
        ("EASEL_NGINX_DIR", "shown"),
    ],
)
def test_a_value_that_can_t_be_used_is_named(name, text):
    with pytest.raises(SettingsError, match=f"{name} must be an? "):
        Settings.from_env({name: text})


def test_no_mistake_repeats_a_secret():
    with pytest.raises(SettingsError) as caught:
        from_env(EASEL_DATABASE_URL="mysql://user:hunter2@h/d")
    assert "hunter2" not in str(caught.value)


def test_a_file_comes_before_the_plain_name(tmp_path):
    file = tmp_path / "key"
    file.write_text("from the file\n", "utf-8")
    settings = from_env(EASEL_SECRET_KEY="plain", EASEL_SECRET_KEY_FILE=str(file))
    assert settings.secret_key == "from the file"


def test_sections_may_come_from_files_too(tmp_path):
    file = tmp_path / "key"
    file.write_text("AIza", "utf-8")
    settings = from_env(EASEL_GEMINI__API_KEY_FILE=str(file), EASEL_GEMINI__TIMEOUT="9")
    assert settings.section("gemini") == {"api_key": "AIza", "timeout": "9"}
    assert settings.section("openai") == {}


@pytest.mark.parametrize(
    ("environ", "key"),
    [
        ({"GEMINI_API_KEY": "a"}, "a"),
        ({"GOOGLE_API_KEY": "b"}, "b"),
        ({"GEMINI_API_KEY": "a", "GOOGLE_API_KEY": "b"}, "a"),
        ({"EASEL_GEMINI__API_KEY": "c", "GEMINI_API_KEY": "a"}, "c"),
        ({"GEMINI_API_KEY": " "}, None),
    ],
)
def test_the_usual_names_of_gemini_s_key_are_taken_too(environ, key):
    assert Settings.from_env(environ).section("gemini").get("api_key") == key


def test_blank_values_are_as_good_as_none():
    assert from_env(EASEL_PORT="", EASEL_HOST="  ") == Settings()


def test_names_of_others_are_left_alone():
    assert from_env(PORT="1", EASELPORT="2", easel_port="3", HOME="/root") == Settings()


def test_a_dotenv_file_fills_up_what_the_environment_leaves_open(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("EASEL_PORT=8123\nEASEL_HOST=::1\n# EASEL_THREADS=3\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EASEL_HOST", "127.0.0.9")
    settings = settings_from_surroundings()
    assert (settings.port, settings.host, settings.threads) == (8123, "127.0.0.9", 8)


def test_every_setting_says_what_it_means():
    for item in dataclasses.fields(Settings):
        if item.name != "sections":
            assert item.metadata["help"].endswith(".")


@pytest.mark.parametrize("page", ["settings.md", "providers.md"])
@pytest.mark.parametrize(
    ("provider", "keys"),
    [
        ("GEMINI", ("API_KEY", "BASE_URL", "API_VERSION", "TIMEOUT")),
        ("OPENAI", ("API_KEY", "BASE_URL", "TIMEOUT", "MODELS")),
        ("A1111", ("BASE_URL", "USERNAME", "PASSWORD", "TIMEOUT", "MODELS")),
    ],
)
def test_every_setting_of_a_provider_is_explained_where_people_look(page, provider, keys):
    text = (Path(__file__).parent.parent / "docs" / page).read_text("utf-8")
    assert {key for key in keys if f"`EASEL_{provider}__{key}`" not in text} == set()
