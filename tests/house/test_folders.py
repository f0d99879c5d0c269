"""What an installation keeps is nobody else's to read: its folder, its database, its keys, what is on its way in."""

import stat
import tempfile

import pytest

from config import Config


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)
    monkeypatch.setenv("TMPDIR", "")
    folder = tmp_path / "instance"
    return Config(instance_folder=folder, database_url=f"sqlite:///{folder / 'tenderway.db'}", secret_key="for tests")


def test_a_new_folder_and_its_database_are_its_owners_alone(config):
    config.prepare()
    folder = config.instance_folder
    assert (mode(folder), mode(folder / "tenderway.db")) == (0o700, 0o600)


def test_a_folder_of_an_earlier_release_is_closed(config):
    folder = config.instance_folder
    folder.mkdir(mode=0o755)
    for name in ("tenderway.db", "tenderway.db-journal", "receipt-key"):
        (folder / name).touch(mode=0o644)
    config.prepare()
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    assert mode(folder) == 0o700


def test_uploads_lie_inside_the_folder_and_are_swept_away_at_the_next_start(config):
    config.prepare()
    (config.spool() / "left over").write_bytes(b"a bid")
    assert list(config.spool().iterdir()) == []
    with tempfile.NamedTemporaryFile() as file:
        assert file.name.startswith(str(config.instance_folder))
