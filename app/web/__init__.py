"""What people see: blueprints that read, call one function and answer; the shell around them; who may call what."""

from __future__ import annotations

from flask import Flask

from config import Config


def install(app: Flask, config: Config) -> None:
    """Add the pages and everything around them to an application."""
    from app.web import (
        assets,
        blueprints,
        current,
        errors,
        kept,
        language,
        permissions,
        protection,
        sharing,
        templating,
        theme,
    )

    sharing.install(app)  # the last to see an answer
    current.install(app)
    protection.install(app, config)
    assets.install(app)
    permissions.install(app)
    kept.install(app)  # after the table: only who may act is given files
    language.install(app)
    theme.install(app)
    templating.install(app)
    errors.install(app)
    blueprints.register(app)
    app.before_request(current.begin_acting)  # the last: after who may do it, and the form's token
