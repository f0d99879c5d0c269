"""Lists of files: what a later file stands for is folded, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.foundation.documents import Document
from app.web import templating
from app.web.visibility import documents as visibility
from tests.conftest import NOON

KINDS = sorted({*visibility.DOCUMENTS, "bid", "invoice", "notice", "query", "apply.attachments", "somebody_new"})


def file(id_, kind, *, name="证明.pdf", case="lot-1", organisation="supplier-1"):
    return Document(
        id=id_, kind=kind, name=name, case_id=case, organisation_id=organisation, created_by=organisation,
        created_at=NOON + timedelta(minutes=int(id_)),
    )  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in templating.REDRAWN])
def test_files_of_one_name_are_all_shown_whoever_brought_them(kind):
    given = [file("1", kind), file("2", kind, organisation="supplier-2"), file("3", kind)]
    assert templating.by_age(given) == (given, [])


@pytest.mark.parametrize("kind", sorted(templating.REDRAWN))
def test_a_paper_that_was_drawn_anew_is_shown_once_for_each_lot(kind):
    given = [file("1", kind), file("2", kind, organisation="supplier-2"), file("3", kind, case="lot-2")]
    assert templating.by_age(given) == (given[1:], given[:1])
