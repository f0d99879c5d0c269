"""Which blueprints the site is made of: modules or packages of ``app.web``, each with ``blueprint``."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

BLUEPRINTS = (
    "shell",
    "identity",
    "people",
    "data",
    "inbox",
    "tasks",
    "cases",
    "starts",
    "documents",
    "tenders",
    "contracts",
    "parties",
    "breaches",
    "portal",
    "experts",
    "results",
    "queries",
    "studio",
    "supplier",
    "bonds",
    "operations",
    "figures",
    "demonstration",
)
"""Each part of the site adds its own line."""


def register(app: Flask) -> None:
    """Add every blueprint."""
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(f"app.web.{name}").blueprint)
