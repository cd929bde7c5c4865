"""The settings: what a machine or a user decides once, read from `RETAKE_*` in the environment.

Enters: a mapping of environment variables. Leaves: one frozen `Settings`. Errors: `DocumentError`, naming
every variable whose value cannot be used.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from retake.errors import DocumentError, Problem

_PREFIX = "RETAKE_"


class Settings(BaseModel):
    """Every setting with its default. Paths are absolute; times are in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    store: Path = Field(
        default_factory=lambda: user_cache_path("retake", appauthor=False),
        description="The folder where made assets are kept.",
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

    @field_validator("store")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("fonts", mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(Path(part).expanduser().absolute() for part in value.split(os.pathsep) if part)
        return value

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
        try:
            return cls.model_validate({name: value for name, value in given.items() if value})
        except ValidationError as error:
            raise DocumentError([_problem(e) for e in error.errors()], place="environment") from error


def _problem(error: Any) -> Problem:
    name = str(error["loc"][0])
    described = Settings.model_fields[name].description or ""
    return Problem(
        place=_PREFIX + name.upper(),
        message=f"{error['input']!r} cannot be used: {error['msg'][0].lower()}{error['msg'][1:]}",
        remedy=f"unset it for the default; {described[0].lower()}{described[1:].rstrip('.')}",
    )
