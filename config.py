"""Settings from the environment, each with one line of meaning."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent
MEBIBYTE = 1024 * 1024
COOKIES = {False: "tenderway", True: "__Host-tenderway"}
"""The session cookie's name, without and with https: then one that no other host and no http page can set."""


def _given(name: str, default: str = "") -> str:
    """A variable, or the contents of the file that ``<NAME>_FILE`` names (for secrets)."""
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text().strip() if file else os.environ.get(name, default)


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in ("1", "true", "yes", "on")


def _instance() -> Path:
    return Path(os.environ.get("INSTANCE_FOLDER", ROOT / "instance")).absolute()  # a database's URL needs it whole


def _base_url() -> str:
    return (_given("BASE_URL") or f"http://127.0.0.1:{_given('PORT', '8000')}").rstrip("/")


def _secret() -> str:
    """The given key, or one made once and kept in the instance folder, readable by its owner only."""
    given = _given("SECRET_KEY")
    if given:
        return given
    kept = _instance() / "secret-key"
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass  # made by an earlier start, or by another process just now
    return kept.read_text()


def _close(path: Path) -> None:
    """Take from others what they may do with a file or folder of ours."""
    mode = path.stat()
    if mode.st_uid == os.getuid() and stat.S_IMODE(mode.st_mode) & 0o077:
        path.chmod(stat.S_IMODE(mode.st_mode) & 0o700)


@dataclass
class Config:
    """What an installation may choose; every value has a default that serves one office."""

    # INSTANCE_FOLDER: what an installation keeps beside the program
    instance_folder: Path = field(default_factory=_instance)
    # DATABASE_URL: where the data is, an embedded SQLite file, or postgresql+psycopg://… for several nodes
    database_url: str = field(
        default_factory=lambda: _given("DATABASE_URL") or f"sqlite:///{_instance() / 'tenderway.db'}"
    )
    # SECRET_KEY: signs form tokens
    secret_key: str = field(default_factory=_secret, repr=False)
    # HOST, PORT: where the server listens
    host: str = field(default_factory=lambda: _given("HOST", "127.0.0.1"))
    port: int = field(default_factory=lambda: int(_given("PORT", "8000")))
    # THREADS: how many requests are answered at once
    threads: int = field(default_factory=lambda: int(_given("THREADS", "32")))
    # BASE_URL: the address people use, for links in mails; with https, cookies travel over https only
    base_url: str = field(default_factory=_base_url)
    # TRUSTED_PROXIES: how many proxies stand before us and name the caller's address
    trusted_proxies: int = field(default_factory=lambda: int(_given("TRUSTED_PROXIES", "0")))
    # OFFICE_NAME_EN, OFFICE_NAME_ZH: shown in the top bar
    office_name: tuple[str, str] = field(
        default_factory=lambda: (
            _given("OFFICE_NAME_EN", "Jiangcheng Public Procurement"),
            _given("OFFICE_NAME_ZH", "江城市政府采购"),
        )
    )
    # LANGUAGE_OF_THE_HOUSE: en or zh, for who says nothing else
    language: str = field(default_factory=lambda: "zh" if _given("LANGUAGE_OF_THE_HOUSE") == "zh" else "en")
    # ZONE: the place's time zone
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(_given("ZONE", "Asia/Shanghai")))
    # DEMONSTRATION: with a demonstration town, whose people and passwords stand on the sign-in page
    demonstration: bool = field(default_factory=lambda: _flag("DEMONSTRATION"))
    # SMTP_URL: smtp://[user:password@]host[:port][?starttls=1&sender=…]; without it mails wait in the outbox
    smtp_url: str = field(default_factory=lambda: _given("SMTP_URL"), repr=False)
    # UPLOAD_LIMIT: the most bytes of one file, and UPLOAD_FILES_LIMIT of all files of one form
    upload_limit: int = field(default_factory=lambda: int(_given("UPLOAD_LIMIT", str(100 * MEBIBYTE))))
    upload_files_limit: int = field(default_factory=lambda: int(_given("UPLOAD_FILES_LIMIT", str(300 * MEBIBYTE))))
    # OCID_PREFIX: begins the identifiers of contracting processes, as registered with the OCDS helpdesk
    ocid_prefix: str = field(default_factory=lambda: _given("OCID_PREFIX", "ocds-tender"))
    # KEEPER_ADDRESS: where the keeper of the bids' keys listens: unix:PATH or HOST:PORT of this machine
    keeper_address: str = field(
        default_factory=lambda: _given("KEEPER_ADDRESS") or f"unix:{_instance() / 'keeper.socket'}"
    )
    # KEEPER_FOLDER: the keeper's own folder (its master key, its keys, its log); nobody else needs to read it
    keeper_folder: Path = field(default_factory=lambda: Path(_given("KEEPER_FOLDER") or _instance() / "keeper"))
    # KEEPER_SECRET_PATH: the file of the secret by which house and keeper know each other
    keeper_secret: Path = field(
        default_factory=lambda: Path(_given("KEEPER_SECRET_PATH") or _instance() / "keeper-secret")
    )
    # RECEIPT_KEY_PATH: the file of the key that signs the receipts of bids; several nodes share one
    receipt_key: Path = field(default_factory=lambda: Path(_given("RECEIPT_KEY_PATH") or _instance() / "receipt-key"))
    # JOURNAL_KEY_PATH: the file of the key that the journal's digests are made with; several nodes share one
    journal_key: Path = field(default_factory=lambda: Path(_given("JOURNAL_KEY_PATH") or _instance() / "journal-key"))
    # CHECKPOINTS_FOLDER: where the journal's checkpoints are written, to be kept on another machine
    checkpoints_folder: Path = field(
        default_factory=lambda: Path(_given("CHECKPOINTS_FOLDER") or _instance() / "checkpoints")
    )
    # WITNESSES: mail addresses, apart by commas, that are sent a checkpoint each day, to keep it
    witnesses: tuple[str, ...] = field(
        default_factory=lambda: tuple(filter(None, (one.strip() for one in _given("WITNESSES").split(","))))
    )
    # FORMS_FOLDER, PROCESSES_FOLDER: the forms and procedures that the program ships with
    forms_folder: Path = field(default_factory=lambda: Path(_given("FORMS_FOLDER") or ROOT / "forms"))
    processes_folder: Path = field(default_factory=lambda: Path(_given("PROCESSES_FOLDER") or ROOT / "processes"))

    def __post_init__(self) -> None:
        """An installation that has a demonstration's clock is a demonstration, however it is started."""
        self.demonstration = self.demonstration or self.clock_file.exists()

    @property
    def clock_file(self) -> Path:
        """Where a demonstration keeps its clock, which can be turned; a real office has none."""
        return self.demonstration_folder / "clock.json"

    @property
    def demonstration_folder(self) -> Path:
        """What only a demonstration has: its clock and its bank."""
        return self.instance_folder / "demonstration"

    @property
    def is_https(self) -> bool:
        """Whether people reach us over https."""
        return self.base_url.startswith("https://")

    def prepare(self) -> None:
        """Make the folders that an embedded installation lies in; nobody but its own user reads what is in them."""
        self.instance_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = [path for path in self.instance_folder.rglob("*") if not path.is_symlink() and path.is_file()]
        if self.database_url.startswith("sqlite:///"):
            database = Path(self.database_url.removeprefix("sqlite:///"))
            database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))  # what SQLite writes beside it has its mode
            kept += database.parent.glob(f"{database.name}*")
        for path in (self.instance_folder, *kept):
            _close(path)

    def spool(self) -> Path:
        """The folder in which uploads lie while they are taken in: emptied, and used for all temporary files from now on."""
        folder = self.instance_folder / "spool"
        folder.mkdir(exist_ok=True, mode=0o700)
        for left in folder.iterdir():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
        return folder
