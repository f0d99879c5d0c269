"""The rules: dated statutory data, and the dates that follow from it."""

from app.procurement.rules.articles import Article, cited
from app.procurement.rules.statutes import SOURCES, VERIFICATION, NoRule, Rule, find, known, statute, use, value
from app.procurement.rules.timetables import TimetableEntry, timetable

__all__ = [
    "SOURCES",
    "VERIFICATION",
    "Article",
    "NoRule",
    "Rule",
    "TimetableEntry",
    "cited",
    "find",
    "known",
    "statute",
    "timetable",
    "use",
    "value",
]
