"""Disclosure: OCDS releases of what has become public, the records derived from them, and the packages they travel in."""

from app.procurement.disclosure import board, feeds, searching
from app.procurement.disclosure.board import KINDS, RESULTS, NothingPublished
from app.procurement.disclosure.packages import (
    EXTENSION,
    LICENCE,
    record,
    record_package,
    release_package,
    violations,
)
from app.procurement.disclosure.records import ContractingProcess, Release
from app.procurement.disclosure.releases import TAGS, latest, ocid_of, of_process, processes, release
from app.procurement.publishers import Publisher, publisher, use

__all__ = [
    "EXTENSION",
    "KINDS",
    "LICENCE",
    "RESULTS",
    "TAGS",
    "ContractingProcess",
    "NothingPublished",
    "Publisher",
    "Release",
    "board",
    "feeds",
    "latest",
    "ocid_of",
    "of_process",
    "processes",
    "publisher",
    "record",
    "record_package",
    "release",
    "release_package",
    "searching",
    "use",
    "violations",
]
