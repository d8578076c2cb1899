"""What whoever runs the program may set from outside: environment variables that begin with OFFICE_."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting has a default a small office can live with; what is a secret is never shown or logged."""

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

    survey_days: int = Field(default=3, ge=1, le=30)
    """How many working days a survey takes answers."""

    public_url: str = ""
    """The address under which phones reach the office, put before links; without it there is no SMS and no mail."""
    sign_in_minutes: int = Field(default=3, ge=1, le=60)
    """How long the QR code on the screen of a meeting's room holds, before another takes its place."""
    smtp_url: SecretStr | None = None
    """`smtp://user:password@host:port?tls=starttls`, or `smtps://…`; `tls=none` and `ca=FILE` may be added."""
    mail_from: str = ""
    imap_url: SecretStr | None = None
    """The mailbox that is read: `imaps://user:password@host:993`, or `imap://…?tls=starttls`; `tls=none` and `ca=FILE`
    may be added."""
    intake_dir: Path | None = None
    """The folder below which folders are watched for documents that are put there."""
    sms_url: SecretStr | None = None
    """A gateway that takes a short message as JSON over HTTPS, or over HTTP inside the house."""
    sms_secret: SecretStr | None = None
    sms_header: str = "Authorization"
    """The header in which the secret goes; as a bearer token in this one, as it is in any other."""
    sms_fields: str = ""
    """What the gateway is sent, as JSON with the blanks {mobile}, {text}, {name} and {id}."""
    sms_ok: str = ""
    """What the answer says if it took the message, as `code=0`; without it any 2xx is a yes."""
    wecom_url: SecretStr | None = None
    dingtalk_url: SecretStr | None = None
    dingtalk_secret: SecretStr | None = None
    feishu_url: SecretStr | None = None
    feishu_secret: SecretStr | None = None

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
