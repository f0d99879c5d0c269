"""Tenderway: government procurement that runs as BPMN diagrams."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.foundation.clock import Clock
    from app.keeper import Keeper
    from config import Config


def create_app(config: Config | None = None, *, clock: Clock | None = None, keeper: Keeper | None = None) -> Flask:
    """Assemble the application: settings, database, house, pages and commands.

    ``clock`` and ``keeper`` stand in for the real ones (tests); a demonstration has the clock of its folder. Nothing is
    started and no table is made here; that is ``run.serve``. Imports stand inside, so that a floor can be imported without those above it.
    """
    from flask import Flask
    from flask_migrate import Migrate

    from app import bootstrap, cli, tables, web
    from app.foundation import database, keyfiles
    from app.foundation.clock import KeptClock
    from app.web.storage import db
    from config import Config

    config = config or Config()
    config.prepare()
    if clock is None and config.demonstration:
        clock = KeptClock(config.clock_file)
    app = Flask(__name__, template_folder="web/templates")
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.options_of(config.database_url),
    )
    app.extensions["tenderway-config"] = config
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine, keyfiles.key(config.journal_key))
        app.extensions["tenderway"] = bootstrap.build(db.engine, config, clock=clock, keeper=keeper)
    Migrate(app, db, directory=str(tables.FOLDER))
    web.install(app, config)
    cli.register(app)
    return app
