"""The rules: dated statutory data, and the dates that follow from it."""

from app.procurement.rules.articles import Article, cited
from app.procurement.rules.methods import Method
from app.procurement.rules.purchases import Law, common, law
from app.procurement.rules.statutes import SOURCES, VERIFICATION, NoRule, Rule, Verification, known, row, statute, use
from app.procurement.rules.timetables import TimetableEntry, timetable

__all__ = [
    "SOURCES",
    "VERIFICATION",
    "Article",
    "Law",
    "Method",
    "NoRule",
    "Rule",
    "TimetableEntry",
    "Verification",
    "cited",
    "common",
    "known",
    "law",
    "row",
    "statute",
    "timetable",
    "use",
]
