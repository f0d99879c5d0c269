"""Files of strangers: refused with a reason, quickly and in little memory, whatever they are."""

import io
import time
from pathlib import Path

import pytest

from app.foundation.foreign import Unreadable, jsons, kinds, markup
from app.foundation.foreign.archives import Tar, Zip
from tests import hostile

SECONDS, MEMORY = 2.0, 100 * 1024 * 1024


def tar(content):
    archive = Tar(io.BytesIO(content), named=r"draft\.json|files/[0-9]{3}", largest=200_000_000, most=100)
    return jsons.read(archive.read("draft.json", jsons.LARGEST))["files"][0]["name"]


def zipped(content):
    archive = Zip(io.BytesIO(content), largest=100_000_000, most=5_000)
    return [archive.read(name, 1_000_000) for name in archive.names]


CASES = [
    *((jsons.read, name, content) for name, content in hostile.JSONS.items()),
    *((markup.read, name, content) for name, content in hostile.XMLS.items()),
    *((tar, name, content) for name, content in hostile.TARS.items() if "list" not in name and "wrong" not in name),
    *((zipped, name, content) for name, content in hostile.ZIPS.items() if "nested" not in name),
]


def peak() -> int:
    """The most bytes that this process has had in memory since ``forget_peak``."""
    said = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(said.split()[1]) * 1024


def forget_peak() -> int:
    """Begin to measure; gives the bytes that are in memory now."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


@pytest.mark.parametrize(("read", "content"), [(c[0], c[2]) for c in CASES], ids=[c[1] for c in CASES])
def test_what_does_harm_is_refused_with_a_reason_in_time_and_memory(read, content):
    before, began = forget_peak(), time.perf_counter()
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert time.perf_counter() - began < SECONDS
    assert peak() - before < MEMORY
    assert all(refused.value.why)


@pytest.mark.parametrize("name", hostile.PROGRAMS)
def test_a_file_is_taken_only_if_name_and_content_agree(name):
    with pytest.raises(kinds.KindRefused):
        kinds.check(name, hostile.PROGRAMS[name], kinds.ATTACHMENTS)


OFFICE = hostile.packed(("[Content_Types].xml", b"<a/>"), ("word/document.xml", b"<a/>"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.7"),
        ("说明.DOCX", OFFICE),
        ("清单.xlsx", hostile.packed(("xl/workbook.xml", b"<a/>"))),
        ("发票.ofd", hostile.packed(("OFD.xml", b"<a/>"))),
        ("a.ods", hostile.packed(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"))),
        ("a.txt", "报价说明".encode("gb18030")),
        ("a.txt", ("说明" * 4000).encode()),
        ("a.csv", b""),
        ("a.xml", '<?xml version="1.0" encoding="GBK"?><发票/>'.encode("gbk")),
        ("a.zip", hostile.packed(("扫描/一.pdf", b"%PDF-1.7"), ("a.docx", OFFICE))),
    ],
)
def test_what_people_send_is_taken(name, content):
    kinds.check(name, content, kinds.ATTACHMENTS)


def test_hint_and_accept_are_of_the_same_list():
    assert kinds.accept(kinds.ATTACHMENTS).split(",") == [end for kind in kinds.ATTACHMENTS for end in kind.endings]
    assert "PDF" in kinds.said(kinds.ATTACHMENTS).zh
