"""A page of a PDF, made in a process of its own: what it shows, and what becomes of files that were made to do harm."""

from __future__ import annotations

import os
import resource
import struct
import subprocess
import sys
import threading
import zlib

import pypdfium2
import pytest

from app import viewer
from app.foundation.foreign import Unreadable
from app.viewer import client, limits
from app.viewer.pages import MOST_PIXELS, WIDTHS
from tests.viewer import pdfs


def size_of(picture):
    """The width and height that a PNG says it has."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", picture[16:24])


def lightest_and_darkest(picture):
    """The extremes among the bytes of a PNG's lines."""
    start = picture.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", picture[start - 8 : start - 4])
    width, _ = size_of(picture)
    lines = zlib.decompress(picture[start : start + length])
    seen = b"".join(lines[place + 1 : place + 1 + 3 * width] for place in range(0, len(lines), 3 * width + 1))
    return max(seen), min(seen)


def test_a_page_is_its_words_its_picture_and_how_many_there_are():
    page = viewer.look([pdfs.offer(3)], 2, 0)
    assert (page.number, page.pages, page.words.strip()) == (2, 3, "Page 2 of the offer")
    assert size_of(page.picture)[0] == WIDTHS[0]
    assert lightest_and_darkest(page.picture) == (255, 0)


def test_a_closer_look_is_larger_and_none_is_made_where_none_is_asked_for():
    assert size_of(viewer.look([pdfs.offer(1)], 1, viewer.CLOSE).picture)[0] == WIDTHS[viewer.CLOSE]
    assert viewer.look([pdfs.offer(1)], 1).picture == b""


@pytest.mark.parametrize("box", [b"0 0 10 14000", b"0 0 14000 14000", b"0 0 14000 10", b"-10 -10 -5 -5"])
def test_a_page_of_any_shape_has_a_picture_of_bounded_size(box):
    width, height = size_of(viewer.look([pdfs.pages(pdfs.PLAIN, box=box)], 1, viewer.CLOSE).picture)
    assert 0 < width <= WIDTHS[viewer.CLOSE] + 1
    assert width * height <= MOST_PIXELS * 1.01


def test_what_was_filled_in_is_seen():
    filled, empty = (viewer.look([pdfs.with_field(value)], 1, 0).picture for value in (b"2380000", b""))
    assert lightest_and_darkest(filled) == (255, 0) != lightest_and_darkest(empty)


@pytest.mark.parametrize("number", [0, 4, 10_001])
def test_a_page_that_is_not_there_is_said_to_be_none(number):
    with pytest.raises(Unreadable) as refused:
        viewer.look([pdfs.offer(3)], number)
    assert refused.value.why is client.REASONS["page"]


def test_a_password_is_told_from_damage():
    for name, why in (
        ("locked", "password"),
        ("cut off", "damaged"),
        ("only a name", "damaged"),
        ("another kind", "damaged"),
    ):
        with pytest.raises(Unreadable) as refused:
            viewer.look([pdfs.HARMFUL[name]], 1, 0)
        assert refused.value.why is client.REASONS[why]


def picture_or_reason(content):
    """The picture of a file's first page, or why there is none."""
    try:
        return viewer.look([content], 1, 0).picture
    except Unreadable as unreadable:
        return unreadable.why


@pytest.mark.parametrize("name", pdfs.HARMFUL)
def test_what_does_harm_costs_so_much_of_a_processor_and_of_memory_and_no_more(name):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    shown = picture_or_reason(pdfs.HARMFUL[name])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert shown in client.REASONS.values() or size_of(shown)[0] <= WIDTHS[0]
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < limits.SECONDS + 1
    assert after.ru_maxrss * 1024 <= max(before.ru_maxrss * 1024, limits.MEMORY)


def test_a_script_in_a_file_is_never_run():
    assert "V8" not in pypdfium2.PDFIUM_INFO.flags
    assert viewer.look([pdfs.pages(pdfs.PLAIN, catalog=pdfs.SCRIPT)], 1, 0).words.strip() == "Page one of the offer"


def test_the_process_is_told_nothing_of_ours(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "ours")
    spy = tmp_path / "spy"
    spy.write_text(
        f"#!{sys.executable}\nimport json, os\nprint(json.dumps({{'failed': 'page', 'told': sorted(os.environ)}}))\n"
    )
    spy.chmod(0o700)
    monkeypatch.setattr(client.sys, "executable", str(spy))
    with open(os.devnull, "rb") as file:
        said, _ = client._asked(file, 1, None)
    assert set(said["told"]) <= {*client.INHERITED, "LC_CTYPE"}


def test_the_process_may_write_no_file_and_start_no_program():
    program = (
        "import os, resource\n"
        "from app.viewer.__main__ import _give_up_the_rest\n"
        "_give_up_the_rest()\n"
        "print([resource.getrlimit(each)[1] for each in (resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE)])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=client.ROOT, text=True, check=True)
    assert done.stdout.strip() == "[0, 0, 0]"


def test_one_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(limits, "PATIENCE", 0.001)
    with pytest.raises(Unreadable) as refused:
        viewer.look([pdfs.offer(1)], 1, 0)
    assert refused.value.why is client.REASONS["large"]


@pytest.mark.parametrize("which", ["_turns", "_places"])
def test_who_has_no_turn_is_told_to_try_again(monkeypatch, which):
    taken = threading.BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(client, which, taken)
    monkeypatch.setattr(limits, "WAIT", 0.001)
    with pytest.raises(viewer.Busy):
        viewer.look([pdfs.offer(1)], 1)
