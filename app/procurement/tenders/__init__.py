"""Tenders: structured documents, their check against the statutory data, notices, questions and changes."""

from app.procurement.tenders.records import (
    Change,
    DocumentAccess,
    DocumentVersion,
    Factor,
    Finding,
    LotKey,
    Notice,
    Question,
    Requirement,
    Tender,
    TenderState,
    TimetableDate,
)

__all__ = [
    "Change",
    "DocumentAccess",
    "DocumentVersion",
    "Factor",
    "Finding",
    "LotKey",
    "Notice",
    "Question",
    "Requirement",
    "Tender",
    "TenderState",
    "TimetableDate",
]
