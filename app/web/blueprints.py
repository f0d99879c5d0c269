"""Which blueprints the site is made of. A part that isn't there yet is left out."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

OURS = ("shell", "identity", "people", "inbox", "tasks", "cases", "starts", "documents")
"""Always there."""
FURTHER = ("portal", "supplier", "studio", "operations", "figures", "api")
"""Packages of their own, each with ``blueprint``."""


def register(app: Flask) -> None:
    """Add every blueprint."""
    for name in OURS:
        app.register_blueprint(import_module(f"app.web.{name}").blueprint)
    for name in FURTHER:
        if find_spec(f"app.web.{name}") is not None:
            app.register_blueprint(import_module(f"app.web.{name}").blueprint)
