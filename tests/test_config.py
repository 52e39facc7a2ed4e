"""Settings: every one documented, every wrong value said in one line, no secret repeated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Settings, env_file_remarks, load_settings, setting_name
from bot.errors import SettingsError

EXAMPLE = Path(__file__).parent.parent / ".env.example"

WRONG = {
    "telegram_bot_token": "not-a-token",
    "telegram_api_url": "api.telegram.org",
    "webhook_url": "http://plain.example/hook",
    "webhook_secret": "with blank",
    "http_host": "http://host",
    "http_port": "70000",
    "lead_chat": "the lead",
    "poll_hosts": "http://board.lan",
    "database_url": "data/copilot.db",
    "person_per_minute": "0",
    "chat_per_minute": "0",
    "feed_per_minute": "0",
    "samples_full_days": "1",
    "samples_days": "1",
    "threads": "0",
    "chat_model_url": "localhost:8000",
    "robot_relay": "relay.internal",
    "timezone": "Shanghai/Asia",
    "language": "fr",
    "log_level": "LOUD",
}
FREE = {"handbook", "data", "models", "embedding_model", "reranker", "chat_model", "chat_model_key", "feed_token"}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(setting_name(field), raising=False)


def test_every_field_is_either_validated_or_free_text() -> None:
    assert set(WRONG) | FREE == set(Settings.model_fields)
    assert not set(WRONG) & FREE


@pytest.mark.parametrize("field", sorted(WRONG))
def test_wrong_value_stops_the_start_with_one_line_that_names_it(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(setting_name(field), WRONG[field])
    with pytest.raises(SettingsError) as caught:
        load_settings()
    sentence = str(caught.value)
    assert setting_name(field) in sentence
    assert "\n" not in sentence
    assert caught.value.__suppress_context__


def test_all_wrong_settings_are_named_in_the_same_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_HTTP_PORT", "many")
    monkeypatch.setenv("COPILOT_LANGUAGE", "fr")
    with pytest.raises(SettingsError, match="COPILOT_HTTP_PORT 要写整数；COPILOT_LANGUAGE 只能是 'zh' 或 'en'"):
        load_settings()


def test_a_wrong_token_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456789:AA secret part")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "secret" not in str(caught.value)


def test_webhook_without_secret_or_port_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_WEBHOOK_URL", "https://bot.example/hook")
    with pytest.raises(SettingsError, match="COPILOT_WEBHOOK_SECRET 和 COPILOT_HTTP_PORT"):
        load_settings()
    settings = load_settings(webhook_secret="s", http_port=8080)
    assert settings.webhook_url == "https://bot.example/hook"


def test_empty_values_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.setenv(setting_name(field), "")
    assert load_settings() == Settings()
    assert load_settings().telegram_bot_token is None


def test_example_lists_every_setting_and_no_other() -> None:
    listed = re.findall(r"^# ?([A-Z][A-Z_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(map(setting_name, Settings.model_fields))


def test_example_shows_the_defaults(tmp_path: Path) -> None:
    shown = dict(re.findall(r"^# ?([A-Z][A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))
    defaults = Settings()
    for field in Settings.model_fields:
        value, example = getattr(defaults, field), shown[setting_name(field)]
        if field in ("handbook", "models"):
            assert Path(example).name == value.name
        else:
            assert example == ("" if value is None else str(value))


def test_example_copied_as_it_is_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(EXAMPLE.read_bytes())
    assert load_settings() == Settings()
    assert env_file_remarks() == ()


def test_env_file_with_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfCOPILOT_LANGUAGE=en\r\n")
    assert load_settings().language == "en"


def test_env_file_in_another_encoding_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("COPILOT_CHAT_MODEL=模型\n".encode("gb18030"))
    with pytest.raises(SettingsError, match="不是 UTF-8"):
        load_settings()


def test_misspelt_names_and_broken_lines_are_remarked(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COPILOT_HANDBOK=x\nOTHER=1\nno value here\n# fine\nCOPILOT_DATA=d\n", encoding="utf-8")
    assert env_file_remarks() == (
        ".env 第 1 行：没有 COPILOT_HANDBOK 这个设置，已跳过。是不是 COPILOT_HANDBOOK？",
        ".env 第 3 行看不懂，已跳过：应写成 名字=值。",
    )


def test_changes_win_over_the_environment_and_none_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_DATA", "from-environment")
    assert load_settings(data=None).data == Path("from-environment")
    assert load_settings(data=Path("given")).data == Path("given")


def test_home_is_spelt_out() -> None:
    assert load_settings(data="~/copilot").data == Path.home() / "copilot"


def test_secrets_lists_every_secret_field() -> None:
    settings = load_settings(telegram_bot_token="1:a", webhook_secret="b", chat_model_key="c")
    fields = [name for name, field in Settings.model_fields.items() if field.annotation == (SecretStr | None)]
    assert sorted(s.get_secret_value() for s in settings.secrets if s) == ["1:a", "b", "c"]
    assert len(fields) == len(settings.secrets)


def test_the_database_s_password_is_a_secret_as_it_is_written_and_as_it_is_meant() -> None:
    settings = load_settings(database_url="postgresql://user:p%40ss:word@host/db")
    assert [s.get_secret_value() for s in settings.secrets if s] == ["p%40ss:word", "p@ss:word"]
    assert "word" not in repr(settings)
    assert not any(load_settings(database_url="postgresql://user@host/db").secrets)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_a_database_server_may_be_written_in_the_customary_ways(scheme: str) -> None:
    assert load_settings(database_url=f"{scheme}://user@host/db").database == f"{scheme}://user@host/db"


@pytest.mark.parametrize(
    "values,address",
    [
        ({}, ""),
        ({"http_port": 8080}, ""),
        ({"http_port": 8080, "http_host": "0.0.0.0"}, ""),
        ({"http_port": 8080, "http_host": "bot.example.com"}, "http://bot.example.com:8080"),
        (
            {"http_port": 8080, "webhook_url": "https://bot.example.com/hook/x", "webhook_secret": "s"},
            "https://bot.example.com",
        ),
    ],
)
def test_the_web_address_is_one_that_a_phone_can_open(values: dict[str, object], address: str) -> None:
    assert Settings(_env_file=None, **values).web_address == address
