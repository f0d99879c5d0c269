"""Settings from the environment, each with one line of meaning."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent


def _instance() -> Path:
    return Path(os.environ.get("INSTANCE_FOLDER", ROOT / "instance"))


def _secret() -> str:
    """The given key, or one made once and kept in the instance folder, readable by its owner only."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    kept = _instance() / "secret-key"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return kept.read_text()


@dataclass
class Config:
    """What an installation may choose; every value has a default that serves one office."""

    # where the data is: an embedded SQLite file, or postgresql://… for several nodes
    database_url: str = field(default_factory=lambda: os.environ.get("DATABASE_URL", f"sqlite:///{_instance() / 'tenderway.db'}"))
    # signs cookies and form tokens
    secret_key: str = field(default_factory=_secret)
    # shown in the top bar, in English and Chinese
    office_name: tuple[str, str] = field(default_factory=lambda: (os.environ.get("OFFICE_NAME_EN", "Jiangcheng Procurement"), os.environ.get("OFFICE_NAME_ZH", "江城市政府采购")))
    # the place's time zone
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(os.environ.get("ZONE", "Asia/Shanghai")))
    # with a demonstration town: its people and their password stand on the sign-in page
    demonstration: bool = field(default_factory=lambda: os.environ.get("DEMONSTRATION", "") == "1")
    # where forms and processes are
    forms_folder: Path = ROOT / "forms"
    processes_folder: Path = ROOT / "processes"

    def prepare(self) -> None:
        """Make the folder an embedded database lies in."""
        if self.database_url.startswith("sqlite:///"):
            Path(self.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
