"""Settings: `ZI_*` in the environment, else `zi.toml` in the working folder, else the default."""

import re
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

WEB_ADDRESS = re.compile(r"https?://[^\s/]+\S*")
RATES = r"^\s*([a-z0-9.+-]+=[0-9]{1,9}\s*)*$"


class Settings(BaseSettings):
    """Every setting, its unit in its name or description; `docs/settings.md` lists them, held true by a test."""

    model_config = SettingsConfigDict(
        env_prefix="ZI_",
        toml_file="zi.toml",
        extra="forbid",
        hide_input_in_errors=True,  # some are secrets, and an error may end in a log
    )

    home: Path = Field(default=Path("var"), description="folder of the database, keys, files and mail")
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; default: SQLite in the home")
    migration_database_url: SecretStr | None = Field(
        default=None, description="the same database by the role that owns it; default: database_url"
    )
    pool_size: int = Field(default=5, ge=1, le=1000, description="connections that a process keeps")
    pool_overflow: int = Field(default=35, ge=0, le=1000, description="more of them while they are needed")
    pool_wait_seconds: int = Field(default=30, ge=1, description="seconds to wait for a free connection")
    pool_recycle_seconds: int = Field(default=1800, ge=0, description="seconds until one is made anew; 0 = never")
    statement_seconds: int = Field(default=600, ge=0, le=86_400, description="longest statement; 0 = any")
    lock_seconds: int = Field(default=60, ge=0, le=86_400, description="longest wait for a lock; 0 = any")
    idle_in_transaction_seconds: int = Field(default=600, ge=0, le=86_400, description="longest pause; 0 = any")
    application_name: str = Field(default="zi", pattern=r"^[\x20-\x7e]{1,63}$", description="as PostgreSQL lists us")
    pgbouncer: bool = Field(default=False, description="PgBouncer in transaction mode stands before PostgreSQL")
    lang: Literal["id", "en"] = Field(default="id", description="language of messages")
    actor: str | None = Field(default=None, description="e-mail of who records, when --as is not given")
    clock: datetime | None = Field(default=None, description="a moved clock, in a sandbox home only")
    upload_limit_mib: int = Field(default=50, gt=0, description="largest file taken, in MiB")
    idle_days: int = Field(default=30, gt=0, description="days without any record before monev says so")
    web_url: str | None = Field(default=None, pattern=r"^(https?://\S+)?$", description="where the web pages are")
    expiry_days: int = Field(default=30, ge=0, description="days before a fact expires that monev says so")
    gap_points: int = Field(default=10, ge=0, description="points of the total by which unit and TPI may differ")
    gap_percent: int = Field(default=20, ge=0, description="percent of an area's weight by which they may differ")
    rates_per_minute: str = Field(
        default="mailto=60 tgram=60 other=120",
        pattern=RATES,
        description="messages a minute by kind of channel, for all processes together; 0 = no limit",
    )
    channel_key_file: Path | None = Field(default=None, description="key of the channels; default: in the home")
    link_key_file: Path | None = Field(default=None, description="key of the links to evidence; default: in the home")
    checkpoint_key_file: Path | None = Field(default=None, description="key that signs checkpoints; default: in home")
    portal_per_minute: int = Field(default=600, gt=0, description="requests a minute by one token of PortalRB")
    session_idle_minutes: int = Field(default=60, gt=0, description="minutes unused after which a web session ends")
    session_hours: int = Field(default=12, gt=0, description="hours after which a web session ends in any case")
    heartbeat_url: SecretStr | None = Field(default=None, description="asked by `zi doctor --ping` when all is well")
    backup_passphrase: SecretStr | None = Field(default=None, description="encrypts backups, and opens them again")
    backup_warn_days: int = Field(default=7, ge=0, description="days without a backup before doctor warns; 0 = never")
    up_every: int | None = Field(default=None, gt=0, description="seconds between runs of `zi up`, in a sandbox only")

    @field_validator("heartbeat_url")
    @classmethod
    def _is_web_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not WEB_ADDRESS.fullmatch(value.get_secret_value()):
            raise ValueError("should be an address that begins with https:// or http://")
        return value

    @property
    def rates(self) -> dict[str, int]:
        """By kind; what is not named keeps its default."""
        named = f"{type(self).model_fields['rates_per_minute'].default} {self.rates_per_minute}"
        return {kind: int(most) for kind, _, most in (rate.partition("=") for rate in named.split())}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
