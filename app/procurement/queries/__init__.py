"""Queries (质疑): who may ask, when, the answer to all concerned, and what it means for the result (GPL 52-53, O94)."""

from app.procurement.queries.acts import (
    OUTCOMES,
    MayNotQuery,
    Point,
    PointsMissing,
    QueryClosed,
    QueryTooEarly,
    QueryTooLate,
    QueryUnknown,
    answer,
    concerned,
    get,
    raise_query,
    settle,
    visible_to,
)
from app.procurement.queries.cures import NoCure, NothingToCure, cure, cures, decide_documents, uncured
from app.procurement.queries.lists import of_lot
from app.procurement.queries.records import Query, QueryState
from app.procurement.queries.windows import SCOPES, Window, may_ask, open_scopes, window

__all__ = [
    "OUTCOMES",
    "SCOPES",
    "MayNotQuery",
    "NoCure",
    "NothingToCure",
    "Point",
    "PointsMissing",
    "Query",
    "QueryClosed",
    "QueryState",
    "QueryTooEarly",
    "QueryTooLate",
    "QueryUnknown",
    "Window",
    "answer",
    "concerned",
    "cure",
    "cures",
    "decide_documents",
    "get",
    "may_ask",
    "of_lot",
    "open_scopes",
    "raise_query",
    "settle",
    "uncured",
    "visible_to",
    "window",
]
