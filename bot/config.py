"""Settings: the only reader of the environment and of `.env`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

BUILT_IN_HANDBOOK = Path(__file__).resolve().parent.parent / "handbook"


def _cache_folder() -> Path:
    return Path("~/.cache/operator-copilot/models").expanduser()


class Settings(BaseSettings):
    """Every setting, with its default; `.env.example` lists the same ones and a test compares them."""

    model_config = SettingsConfigDict(
        env_prefix="COPILOT_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, populate_by_name=True
    )

    telegram_bot_token: SecretStr | None = Field(None, validation_alias="TELEGRAM_BOT_TOKEN")
    telegram_api_url: str = Field("https://api.telegram.org", validation_alias="TELEGRAM_API_URL")
    webhook_url: str = ""
    webhook_secret: SecretStr | None = None
    http_host: str = "127.0.0.1"
    http_port: int = Field(0, ge=0, le=65535)
    lead_chat: str = ""

    handbook: Path = BUILT_IN_HANDBOOK
    data: Path = Path("data")
    models: Path = Field(default_factory=_cache_folder)
    database_url: str = ""

    embedding_model: str = ""
    reranker: str = ""
    threads: int = Field(2, ge=1, le=64)
    chat_model: str = ""
    chat_model_url: str = ""
    chat_model_key: SecretStr | None = None

    timezone: str = "Asia/Shanghai"
    language: Literal["zh", "en"] = "zh"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("没有这个时区，例如 Asia/Shanghai / no such time zone") from error
        return value

    @field_validator("telegram_bot_token", "webhook_secret", "chat_model_key", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @property
    def zone(self) -> ZoneInfo:
        """The team's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def database(self) -> str:
        """The SQLAlchemy URL; by default a SQLite file in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data / 'copilot.db'}"


def load_settings(**changes: object) -> Settings:
    """Settings from the environment and `.env`, with `changes` (by field name) on top.

    Raises SettingsError with one line that names the first wrong setting; the value itself is not repeated,
    because it may be a secret.
    """
    try:
        return Settings(**{name: value for name, value in changes.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        shown = name if name.isupper() else f"COPILOT_{name.upper()}"
        raise SettingsError(f"设置 {shown} 不对：{first['msg']}。请改 .env 或环境变量后再启动。") from None
