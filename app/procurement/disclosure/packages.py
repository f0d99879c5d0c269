"""Packages: releases as they travel, records derived from them, and the check of both against OCDS 1.1.5."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, FormatChecker
from ocdsmerge import Merger
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4
from sqlalchemy.orm import Session

from app.foundation import clock
from app.procurement.disclosure import parts
from app.procurement.disclosure.records import Release
from app.procurement.disclosure.releases import of_process
from app.procurement.publishers import publisher

SCHEMA_FOLDER = Path(__file__).with_name("schema")
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
EXTENSIONS = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_selectionCriteria_extension/master/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_partyDetails_scale_extension/master/extension.json",
)
"""The extensions whose fields releases carry: lots, bids once they are public, who may bid, the winner's size."""
EXTENSION: dict[str, dict[str, Any]] = {
    "extension.json": {
        "name": {"en": "Highest price of a lot", "zh": "采购包最高限价"},
        "description": {
            "en": "The highest price a bid for a lot may have; a bid above it is invalid.",
            "zh": "采购包的最高限价，投标报价超过最高限价的，投标无效。",
        },
        "compatibility": ["1.1"],
        "schemas": ["release-schema.json"],
    },
    "release-schema.json": {
        "definitions": {
            "Lot": {
                "properties": {
                    "maximumValue": {
                        "title": "Highest price",
                        "description": "The highest price a bid for this lot may have; a bid above it is invalid.",
                        "$ref": "#/definitions/Value",
                    }
                }
            }
        }
    },
}
"""The extension of this publisher's own: what the standard has no field for. Its files by name, as the portal gives them."""


def release_package(session: Session, releases: Sequence[Release], path: str) -> dict[str, Any]:
    """A release package (OCDS 1.1.5, release-package-schema); ``path`` is where it is found."""
    contents = [release.content for release in releases]
    return _package(session, path, contents) | {"releases": contents}


def record(session: Session, ocid: str) -> dict[str, Any]:
    """The record of a process: its releases and the state they add up to, worked out by the standard's merge rules."""
    releases = of_process(session, ocid)
    contents = [release.content for release in releases]
    return {"ocid": ocid, "releases": contents, "compiledRelease": _merger().create_compiled_release(contents)}


def record_package(session: Session, ocids: Sequence[str], path: str) -> dict[str, Any]:
    """A record package (OCDS 1.1.5, record-package-schema)."""
    records = [record(session, ocid) for ocid in ocids]
    contents = [content for each in records for content in each["releases"]]
    return _package(session, path, contents) | {"records": records}


def _package(session: Session, path: str, contents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a package says of itself. It was published with its newest release, so that it stays the same until there is another."""
    house = publisher(session)
    newest = max((content["date"] for content in contents), default=parts.instant(clock.now(session)))
    return {
        "uri": house.address(path),
        "version": "1.1",
        "publishedDate": newest,
        "publisher": {"name": house.name.zh, "uri": house.base_url},
        "license": LICENCE,
        "publicationPolicy": house.address("portal/open-data"),
        "extensions": [*EXTENSIONS, house.address("portal/open-data/extension/extension.json")],
    }


def violations(package: dict[str, Any]) -> Iterator[str]:
    """What of a release or record package breaks the standard: a place and what is wrong there."""
    kind = "record-package" if "records" in package else "release-package"
    for error in _validator(kind).iter_errors(package):
        place = "/".join(str(step) for step in error.absolute_path)
        yield f"{place}: {error.message[:300]}"


@cache
def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMA_FOLDER / f"{name}-schema.json").read_text(encoding="utf-8"))
    return found


@cache
def _validator(kind: str) -> Draft4Validator:
    """The package's validator; the schemas it refers to are those beside it, never the network."""
    resource = Resource.from_contents(_schema("release"), default_specification=DRAFT4)
    addresses = {reference for reference in _references(_schema(kind)) if not reference.startswith("#")}
    registry: Registry[Any] = Registry().with_resources(
        (address.partition("#")[0], resource) for address in addresses if "release-schema.json" in address
    )
    return Draft4Validator(_without_versioned(_schema(kind)), registry=registry, format_checker=FormatChecker())


def _without_versioned(schema: dict[str, Any]) -> dict[str, Any]:
    """The record package's schema without versioned releases: records here carry the compiled one only."""
    if "definitions" not in schema or "record" not in schema["definitions"]:
        return schema
    copy: dict[str, Any] = json.loads(json.dumps(schema))
    copy["definitions"]["record"]["properties"].pop("versionedRelease", None)
    return copy


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, part in node.items():
            if key == "$ref" and isinstance(part, str):
                yield part
            else:
                yield from _references(part)
    elif isinstance(node, list):
        for part in node:
            yield from _references(part)


@cache
def _merger() -> Merger:
    return Merger(_schema("release"))
