"""What whoever runs the program may set from outside: environment variables that begin with OFFICE_."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting has a default a small office can live with; nothing here is a secret."""

    model_config = SettingsConfigDict(env_prefix="OFFICE_", extra="ignore")

    data_dir: Path = Path("data")
    database_url: str | None = None
    session_idle_minutes: int = Field(default=30, ge=1)
    session_hours: int = Field(default=10, ge=1, le=24)
    password_days: int = Field(default=90, ge=0)
    """After how many days a password has to be changed; 0 for never."""
    secure_cookies: bool = False
    trust_proxy: bool = False
    """Whether the address of a client is read from X-Forwarded-For, set by a proxy of the office's own."""
    upload_limit_mb: int = Field(default=120, ge=1)
    nightly_backups: bool = True
    """Whether the program backs itself up each night, beside its data."""
    font_dir: Path | None = None
    """A folder with the office's own 仿宋 and 小标宋 for the papers; Noto's are used without."""

    @property
    def url(self) -> str:
        """Where the database is: as configured, else a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'office.db'}"

    @property
    def font_folders(self) -> tuple[Path, ...]:
        return (self.font_dir,) if self.font_dir else ()

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def longest(self) -> timedelta:
        return timedelta(hours=self.session_hours)
