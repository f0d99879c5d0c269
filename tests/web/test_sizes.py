"""How much may be sent where: routes that take files say so themselves, everything else is small, strangers' things smaller."""

import io
import re
from pathlib import Path

import app as package
from app.foundation.limits import FORM, STRANGERS
from app.web import files


class NobodyReads(io.RawIOBase):
    """A body that mustn't be touched."""

    def __init__(self, length):
        self.length, self.position = length, 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        self.position = offset + (self.length if whence == io.SEEK_END else 0)
        return self.position

    def tell(self):
        return self.position

    def readinto(self, _buffer):
        raise AssertionError("the body was read before it was refused")


def posts(app):
    """The address of every route that something can be sent to, with any parts."""
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            yield rule.endpoint, method, re.sub(r"<[^>]+>", "0" * 32, rule.rule)


def send(client, method, address, length):
    body = NobodyReads(length)
    return client.open(address, method=method, input_stream=body, content_type="multipart/form-data")


def test_a_strangers_large_body_is_refused_unread_everywhere(app, client):
    client.set_cookie("tenderway", "somebody else's")
    answers = {each[0]: send(client, each[1], each[2], STRANGERS + 1).status_code for each in posts(app)}
    assert set(answers.values()) == {413}


def test_what_is_too_large_for_a_route_is_refused_unread_from_anybody(app, sign_in):
    client = sign_in("supplier-bidder")
    with app.test_request_context():
        limits = {each[0]: found.limit if (found := files.taking(each[0])) else FORM for each in posts(app)}
    answers = {each[0]: send(client, each[1], each[2], limits[each[0]] + 1).status_code for each in posts(app)}
    assert set(answers.values()) == {413}


def test_files_are_read_in_one_place_only():
    folder = Path(package.__file__).parent
    reading = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if "request.files" in path.read_text()
    }
    assert reading == {"web/files.py"}


def test_every_page_with_a_file_field_belongs_to_a_route_that_takes_files(app):
    folder = Path(package.__file__).parent / "web" / "templates"
    for path in folder.rglob("*.html"):
        for field in re.findall(r'<input[^>]*type="file".*?>', path.read_text(), re.DOTALL):
            endpoint = re.search(r"accept=\"\{\{ accept\('([\w.]+)'\)", field)
            assert endpoint is not None, (path.name, field)
            assert getattr(app.view_functions[endpoint[1]], "takes_files", None) is not None
