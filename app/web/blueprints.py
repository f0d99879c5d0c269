"""Which blueprints the site is made of: modules or packages of ``app.web``, each with ``blueprint``."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

BLUEPRINTS: dict[str, tuple[str, ...]] = {
    "shell": (),
    "identity": ("account", "passwords", "signing"),
    "people": ("accounts", "organisations", "roles"),
    "data": ("budget", "calendar", "catalogue", "entering", "index", "law", "plan"),
    "inbox": (),
    "tasks": (),
    "cases": (),
    "starts": (),
    "documents": (),
    "tenders": ("correcting", "ending", "looking", "overriding"),
    "contracts": ("acts", "views"),
    "parties": (),
    "breaches": ("acts", "views"),
    "portal": ("boards", "opendata", "tenders"),
    "experts": (),
    "results": (),
    "queries": (),
    "studio": ("decisions", "drafts", "lists", "rehearsals"),
    "supplier": (
        "bidding",
        "bonding",
        "companies",
        "editing",
        "messages",
        "receipts",
        "registering",
        "reviewing",
        "tendering",
    ),
    "bonds": (),
    "operations": ("cases", "changing", "clocks", "incidents", "moving", "overview", "queues", "variables"),
    "figures": (),
    "demonstration": (),
}
"""Each part of the site adds its own line: the module or package with its blueprint, and the package's modules with pages.

A package only makes its blueprint; its modules import it, never the other way round.
"""


def register(app: Flask) -> None:
    """Add every blueprint, with all its pages."""
    for name, modules in BLUEPRINTS.items():
        for module in modules:
            import_module(f"app.web.{name}.{module}")
        app.register_blueprint(import_module(f"app.web.{name}").blueprint)
