"""The settings: what a machine or a user decides once, read from `RETAKE_*` in the environment.

Enters: a mapping of environment variables. Leaves: one frozen `Settings`. A service's key is also read from
the variable that the service itself names (`ELEVENLABS_API_KEY`), and is never shown. Errors:
`DocumentError`, naming every variable whose value cannot be used.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from platformdirs import user_cache_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from retake.errors import DocumentError, Problem

_PREFIX = "RETAKE_"
_SERVICES_OWN = {"elevenlabs_key": "ELEVENLABS_API_KEY", "sync_key": "SYNC_API_KEY"}
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

_HostAndPort = Annotated[str, Field(pattern=r"^(\[[0-9A-Fa-f:.]+\]|[^\s:/@]+):\d{1,5}$")]


class Settings(BaseModel):
    """Every setting with its default. Paths are absolute; times are in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    store: Path = Field(
        default_factory=lambda: user_cache_path("retake", appauthor=False),
        description="The folder where made assets are kept.",
    )
    home: Path = Field(
        default_factory=lambda: user_data_path("retake", appauthor=False),
        description="The folder of what must not be lost: the book of consents, the known voices.",
    )
    store_limit_gb: float = Field(
        default=5.0, gt=0, description="The size of the store, in 10^9 bytes, beyond which old assets go."
    )
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=256,
        description="Threads that render or make assets at once.",
    )
    timeout: float = Field(
        default=120.0, gt=0, le=3600, description="Seconds that a provider has for one attempt."
    )
    attempts: int = Field(
        default=3, ge=1, le=20, description="Attempts before a provider's failure becomes a fallback."
    )
    fonts: tuple[Path, ...] = Field(
        default=(), description="Folders of fonts searched before the system's, separated as in PATH."
    )

    elevenlabs_key: SecretStr = Field(default=SecretStr(""), description="The key of ElevenLabs' API.")
    elevenlabs_url: str = Field(
        default="https://api.elevenlabs.io", description="Where ElevenLabs' API is reached."
    )
    elevenlabs_model: str = Field(
        default="eleven_multilingual_v2",
        pattern=r"^[a-z0-9_]{1,64}$",
        description="The model with which ElevenLabs speaks.",
    )
    elevenlabs_dictionaries: tuple[str, ...] = Field(
        default=(), max_length=3, description="Pronunciation dictionaries, as ID or ID:VERSION, with commas."
    )
    elevenlabs_price: float | None = Field(
        default=None, ge=0, description="US dollars for 1000 characters, where the list prices do not hold."
    )

    allow_hosts: tuple[_HostAndPort, ...] = Field(
        default=(),
        description="Hosts of a private network that may be fetched from, as HOST:PORT, with commas.",
    )

    sync_key: SecretStr = Field(default=SecretStr(""), description="The key of sync.so's API.")
    sync_url: str = Field(default="https://api.sync.so", description="Where sync.so's API is reached.")
    sync_model: str = Field(
        default="lipsync-2",
        pattern=r"^[a-z0-9._-]{1,64}$",
        description="The model with which sync.so moves lips.",
    )
    wav2lip_weights: Path | None = Field(default=None, description="The file of Wav2Lip's weights.")

    @field_validator("store", "home")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("fonts", mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(Path(part).expanduser().absolute() for part in value.split(os.pathsep) if part)
        return value

    @field_validator("elevenlabs_dictionaries", "allow_hosts", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("elevenlabs_key", "sync_key")
    @classmethod
    def _sendable(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value()
        if not (text.isascii() and text.isprintable() and " " not in text):
            raise ValueError("A key is letters, digits and signs without spaces")
        return key

    @field_validator("elevenlabs_url", "sync_url")
    @classmethod
    def _private(cls, url: str) -> str:
        parts = urlsplit(url)
        if not parts.hostname or parts.scheme not in ("https", "http"):
            raise ValueError("An address begins with https://")
        if parts.scheme == "http" and parts.hostname not in _THIS_MACHINE:
            raise ValueError("The key may travel only by https://")
        return url.rstrip("/")

    @property
    def store_limit(self) -> int:
        """The size limit of the store in bytes."""
        return round(self.store_limit_gb * 1e9)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read `RETAKE_STORE`, `RETAKE_WORKERS` and so on; an empty value means the default.

        Raises `DocumentError` with a problem for each value that cannot be used.
        """
        given = {name: environment.get(_PREFIX + name.upper(), "").strip() for name in cls.model_fields}
        for name, variable in _SERVICES_OWN.items():
            given[name] = given[name] or environment.get(variable, "").strip()
        try:
            return cls.model_validate({name: value for name, value in given.items() if value})
        except ValidationError as error:
            raise DocumentError([_problem(e) for e in error.errors()], place="environment") from error


def _problem(error: Any) -> Problem:
    name = str(error["loc"][0])
    described = Settings.model_fields[name].description or ""
    reason = str(error["msg"]).removeprefix("Value error, ")
    value = "its value" if name in _SERVICES_OWN else repr(error["input"])
    return Problem(
        place=_PREFIX + name.upper(),
        message=f"{value} cannot be used: {reason[0].lower()}{reason[1:]}",
        remedy=f"unset it for the default; {described[0].lower()}{described[1:].rstrip('.')}",
    )
