"""Documents: stored once under their digest, with the act, in chunks; their kind is what their bytes say."""

import hashlib
import io

import pytest

from app.foundation import documents, journal
from app.foundation.actor import Actor
from app.foundation.documents import CHUNK, Document, DocumentChunk, NoSuchDocument

WANG = Actor("wang", "王敏", "buyer-1")
PDF = b"%PDF-1.7\n" + b"x" * 100


class Pipe(io.RawIOBase):
    """A file that can't be rewound, gives little at a time and refuses to be read as a whole."""

    def __init__(self, content):
        self.rest = content

    def readable(self):
        return True

    def seekable(self):
        return False

    def read(self, size=-1):
        assert 0 < size <= CHUNK
        piece, self.rest = self.rest[: min(size, 70_000)], self.rest[min(size, 70_000) :]
        return piece


def add(session, source=PDF, name="plan.pdf", **given):
    return documents.add(session, WANG, source=source, **{"name": name, "case": "c1", "kind": "plan"} | given)


def stored(session):
    return session.query(DocumentChunk).count()


def test_a_document_is_read_as_it_was_given(session):
    assert documents.read(session, add(session).id) == PDF


def test_a_document_knows_its_size_digest_and_who_brought_it(session):
    kept = add(session)
    assert (kept.size, kept.digest) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert (kept.created_by, kept.organisation_id) == ("wang", "buyer-1")


def test_a_large_file_that_comes_in_small_pieces_is_kept_in_whole_chunks(session):
    content = bytes(range(256)) * (CHUNK // 256) * 2 + b"end"
    kept = add(session, Pipe(content))
    assert [len(piece) for piece in documents.chunks(session, kept.id)] == [CHUNK, CHUNK, 3]
    assert documents.read(session, kept.id) == content


def test_a_file_is_read_from_where_it_stands(session):
    file = io.BytesIO(b"skipped" + PDF)
    file.seek(7)
    assert documents.read(session, add(session, file).id) == PDF


def test_the_same_content_is_stored_once(session):
    add(session)
    add(session, name="the same again.pdf")
    assert (session.query(Document).count(), stored(session)) == (2, 1)


def test_an_empty_file_is_a_document_too(session):
    kept = add(session, b"", name="empty.txt")
    assert (documents.read(session, kept.id), kept.size) == (b"", 0)


def test_content_goes_when_its_act_is_rolled_back(session):
    add(session)
    session.rollback()
    assert stored(session) == 0


def test_the_journal_of_the_case_knows_the_digest_of_what_its_parties_may_read(session):
    kept = add(session)
    (entry,) = journal.of_case(session, "c1")
    assert (entry.act, entry.facts["digest"]) == ("documents.add", kept.digest)


def test_what_is_private_is_journalled_only_when_it_is_shared(session):
    kept = add(session, access="private", case=None)
    documents.share(session, WANG, kept, case="c2")
    assert (kept.access, [entry.act for entry in journal.of_case(session, "c2")]) == ("case", ["documents.share"])


def test_publishing_twice_is_publishing_once(session):
    kept = add(session)
    documents.publish(session, kept)
    documents.publish(session, kept)
    assert [entry.act for entry in journal.of_case(session, "c1")] == ["documents.add", "documents.publish"]


def test_there_is_no_other_access(session):
    with pytest.raises(ValueError, match="friends"):
        add(session, access="friends")


def test_what_was_never_kept_is_not_found(session):
    with pytest.raises(NoSuchDocument):
        documents.get(session, "nothing")


@pytest.mark.parametrize(
    ("head", "name", "seen"),
    [
        (PDF, "plan.pdf", "application/pdf"),
        (PDF, "picture.png", "application/pdf"),
        (b"MZ\x90\0" + b"\0" * 60, "plan.pdf", "application/x-msdownload"),
        (
            b"PK\x03\x04" + b"\0" * 60,
            "方案.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"PK\x03\x04" + b"\0" * 60, "方案.pdf", "application/zip"),
        ("品目,数量\n".encode(), "items.csv", "text/csv"),
        ("投标".encode()[:-1], "notes.txt", "text/plain"),
        (b"<script>", "notes", "text/plain"),
        (b"\x00\x01\x02", "data.txt", "application/octet-stream"),
        (b"", "plan.pdf", "text/plain"),
    ],
)
def test_the_kind_of_a_file_is_what_its_first_bytes_say(head, name, seen):
    assert documents.sniff(head, name) == seen


def test_the_declared_kind_counts_only_for_text():
    assert documents.sniff(PDF, "x", "text/html") == "application/pdf"
    assert documents.sniff(b"{}", "release", "application/json; charset=utf-8") == "application/json"
    assert documents.sniff(b"hello", "x", "application/pdf") == "text/plain"


def test_a_file_that_is_not_what_its_name_says_is_known(session):
    assert not add(session, b"MZ\x90\0" + b"\0" * 60).is_as_named
    assert add(session).is_as_named
    assert add(session, b"a;b", name="list.csv", media_type="text/plain").is_as_named


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("..", "file"),
        ("采" * 300 + ".pdf", "采" * 251 + ".pdf"),
    ],
)
def test_a_name_keeps_neither_folders_nor_tricks(session, given, kept):
    assert add(session, name=given).name == kept


def test_content_that_was_changed_in_the_database_is_found(session):
    kept = add(session)
    assert list(documents.damaged(session)) == []
    session.query(DocumentChunk).update({"content": b"other"})
    session.expire_all()
    assert list(documents.damaged(session)) == [kept.digest]
