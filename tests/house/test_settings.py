"""What an installation may choose, as it is written in its environment."""

from app import create_app
from app.foundation.database import Base
from config import Config


def test_an_instance_folder_may_be_named_from_where_one_stands(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTANCE_FOLDER", "here")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    Base.metadata.create_all(create_app(Config()).extensions["tenderway"].database)
    assert (tmp_path / "here" / "tenderway.db").exists()
