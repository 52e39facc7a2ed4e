"""Settings: the only reader of the environment and of `.env`."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

BUILT_IN_HANDBOOK = Path(__file__).resolve().parent.parent / "handbook"
ENV_FILE = Path(".env")


def _cache_folder() -> Path:
    return Path("~/.cache/operator-copilot/models").expanduser()


class Settings(BaseSettings):
    """Every setting, with its default; `.env.example` lists the same ones and a test compares them."""

    # utf-8-sig: Windows editors put a byte order mark in front of the first name
    model_config = SettingsConfigDict(
        env_prefix="COPILOT_",
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    telegram_bot_token: SecretStr | None = Field(None, validation_alias="TELEGRAM_BOT_TOKEN")
    telegram_api_url: str = Field("https://api.telegram.org", validation_alias="TELEGRAM_API_URL")
    webhook_url: str = ""
    webhook_secret: SecretStr | None = None
    http_host: str = "127.0.0.1"
    http_port: int = Field(0, ge=0, le=65535)
    lead_chat: str = ""
    robot_relay: str = ""

    person_per_minute: int = Field(20, ge=1, le=10_000)
    chat_per_minute: int = Field(60, ge=1, le=10_000)
    feed_per_minute: int = Field(600, ge=1, le=100_000)
    feed_token: SecretStr | None = None
    poll_hosts: str = ""
    samples_full_days: int = Field(14, ge=2, le=10_000)
    samples_days: int = Field(400, ge=2, le=10_000)

    handbook: Path = BUILT_IN_HANDBOOK
    data: Path = Path("data")
    models: Path = Field(default_factory=_cache_folder)
    database_url: str = Field("", repr=False)

    embedding_model: str = ""
    reranker: str = ""
    threads: int = Field(2, ge=1, le=64)
    chat_model: str = ""
    chat_model_url: str = ""
    chat_model_key: SecretStr | None = None

    timezone: str = "Asia/Shanghai"
    language: Literal["zh", "en"] = "zh"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("telegram_bot_token", "webhook_secret", "chat_model_key", "feed_token", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        if isinstance(value, str):
            return value.strip() or None
        return value

    @field_validator("telegram_bot_token")
    @classmethod
    def _token_shape(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value.get_secret_value()):
            raise ValueError("机器人 token 形如 123456789:ABC-def…，向 @BotFather 要，或运行 copilot setup")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _secret_shape(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("只能用字母、数字、- 和 _，最长 256 个字符")
        return value

    @field_validator("telegram_api_url", "chat_model_url", "webhook_url", "robot_relay")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            raise ValueError("要写完整网址，以 http:// 或 https:// 开头")
        return value.rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _webhook_is_https(cls, value: str) -> str:
        if value and not value.startswith("https://"):
            raise ValueError("Telegram 只接受以 https:// 开头的网址")
        return value

    @field_validator("http_host")
    @classmethod
    def _host_alone(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9._:-]+", value):
            raise ValueError("只写主机名或 IP，例如 127.0.0.1 或 0.0.0.0")
        return value

    @field_validator("poll_hosts")
    @classmethod
    def _hosts(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9._:-]+(\s*,\s*[A-Za-z0-9._:-]+)*", value.strip()):
            raise ValueError("只写主机名或 IP，用逗号隔开，例如 board.lan,10.0.0.5")
        return value

    @field_validator("lead_chat")
    @classmethod
    def _chat_id(cls, value: str) -> str:
        if value and not re.fullmatch(r"-?\d+|@\w{4,}", value):
            raise ValueError("要写会话编号（例如 -1001234567890）或 @名字")
        return value

    @field_validator("database_url")
    @classmethod
    def _database_address(cls, value: str) -> str:
        if value and not re.match(r"(sqlite|postgres(ql)?)(\+[a-z0-9]+)?://", value):
            raise ValueError("要写成 sqlite+aiosqlite:///data/copilot.db 或 postgresql://用户:密码@主机/数据库 这样")
        return value

    @field_validator("handbook", "data", "models")
    @classmethod
    def _home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("没有这个时区，例如 Asia/Shanghai") from error
        return value

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Settings:
        if self.webhook_url and not (self.webhook_secret and self.http_port):
            raise ValueError("用 webhook 还要设 COPILOT_WEBHOOK_SECRET 和 COPILOT_HTTP_PORT")
        return self

    @model_validator(mode="after")
    def _samples_are_thinned_first(self) -> Settings:
        if self.samples_days < self.samples_full_days:
            raise ValueError("COPILOT_SAMPLES_DAYS 不能小于 COPILOT_SAMPLES_FULL_DAYS")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The team's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def web_address(self) -> str:
        """Where the HTTP server is reached from a phone: the webhook's address, else the one host that it listens on.

        Empty when there is no server, and when it listens on this machine alone or on all its addresses, which name none.
        """
        if self.webhook_url:
            return "/".join(self.webhook_url.split("/")[:3])
        named = self.http_host not in ("127.0.0.1", "localhost", "0.0.0.0", "::", "::1")
        return f"http://{self.http_host}:{self.http_port}" if self.http_port and named else ""

    @property
    def poll_allowed(self) -> frozenset[str]:
        """Hosts that metrics may be fetched from although they are in a private network."""
        return frozenset(one.strip().lower() for one in self.poll_hosts.split(",") if one.strip())

    @property
    def database(self) -> str:
        """The SQLAlchemy URL; by default a SQLite file in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data / 'copilot.db'}"

    @property
    def secrets(self) -> tuple[SecretStr | None, ...]:
        """What no log line may show."""
        password = re.match(r"[^/]+://[^/@:]*:([^@]+)@", self.database_url)
        written = (SecretStr(password[1]), SecretStr(unquote(password[1]))) if password else ()
        return (self.telegram_bot_token, self.webhook_secret, self.chat_model_key, self.feed_token, *written)


def setting_name(field: str) -> str:
    """The name of a field in the environment, e.g. ``COPILOT_HTTP_PORT``."""
    alias = Settings.model_fields[field].validation_alias if field in Settings.model_fields else None
    return str(alias) if alias else f"COPILOT_{field.upper()}"


def load_settings(**changes: object) -> Settings:
    """Settings from the environment and `.env`, with `changes` (by field name) on top; None changes nothing.

    Raises SettingsError with one line that names every wrong setting; the values are not repeated, because
    they may be secret.
    """
    logging.getLogger("dotenv.main").setLevel(logging.ERROR)  # `env_file_remarks` says it better
    try:
        return Settings(**{name: value for name, value in changes.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        faults = [_fault(dict(e)) for e in error.errors(include_input=False, include_url=False)]
        raise SettingsError(f"设置不对：{'；'.join(faults)}。请改 .env 或环境变量后再启动。") from None
    except UnicodeDecodeError:
        raise SettingsError("读不了 .env：它不是 UTF-8 编码。请另存为 UTF-8 后再启动。") from None
    except OSError as error:
        raise SettingsError(f"读不了 .env：{error.strerror}。请改它的权限后再启动。") from None


def env_file_remarks(path: Path = ENV_FILE) -> tuple[str, ...]:
    """One sentence for each line of `path` that sets nothing: an unknown name, or no `NAME=value` at all.

    The environment itself is not looked at: other programs own names there that begin alike.
    """
    from dotenv.parser import parse_stream

    if not path.is_file():
        return ()
    known = [setting_name(field) for field in Settings.model_fields]
    with path.open(encoding="utf-8-sig") as stream:
        lines = list(parse_stream(stream))
    remarks = [_remark(line.key, line.original.line, known) for line in lines if line.error or line.key]
    return tuple(filter(None, remarks))


def _remark(key: str | None, line: int, known: list[str]) -> str:
    if key is None:
        return f".env 第 {line} 行看不懂，已跳过：应写成 名字=值。"
    if key in known or not key.startswith(("COPILOT_", "TELEGRAM_")):
        return ""
    near = difflib.get_close_matches(key, known, n=1)
    return f".env 第 {line} 行：没有 {key} 这个设置，已跳过。" + (f"是不是 {near[0]}？" if near else "")


_REASONS = {
    "int_parsing": "要写整数",
    "int_from_float": "要写整数",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能是 {expected}",
    "value_error": "{error}",
}


def _fault(error: Mapping[str, Any]) -> str:
    """What is wrong with one setting; pydantic's own words stand where we have none."""
    reason = str(_REASONS.get(error["type"], "{msg}")).format(msg=error["msg"], **error.get("ctx", {})).replace(" or ", " 或 ")
    if not error["loc"]:
        return reason
    place = str(error["loc"][0])
    return f"{place if place.isupper() else setting_name(place)} {reason}"
