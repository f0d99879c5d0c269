"""Tenderway: government procurement that runs as BPMN diagrams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(config: Any = None, *, clock: Any = None) -> Flask:
    """Assemble the application; imports stand inside, so that a floor can be imported without the ones above it."""
    from flask import Flask
    from flask_sqlalchemy import SQLAlchemy
    from flask_wtf import CSRFProtect

    from app import bootstrap, cli, web
    from app.foundation import database
    from app.workflow import intake
    from config import Config

    settings = config or Config()
    settings.prepare()
    app = Flask(__name__, template_folder="web/templates")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1),
        MAX_CONTENT_LENGTH=2_000_000,
        SESSION_COOKIE_SAMESITE="Lax",
        TENDERWAY=settings,
    )
    CSRFProtect(app)
    records = SQLAlchemy(model_class=database.Base, disable_autonaming=True)
    records.init_app(app)
    with app.app_context():
        database.prepare(records.engine)
        house = bootstrap.build(
            records.engine,
            forms_folder=settings.forms_folder,
            zone=settings.zone,
            clock=clock,
            intake=intake.INTAKE,
            prepare=intake.PREPARE,
        )
    app.extensions["tenderway"] = house
    web.register(app, settings)
    cli.register(app)
    return app
