"""What the port answers before the program is there."""

import pytest

from app.getting_ready import KEEPER, SETTLING, GettingReady


def ask(front, **environ):
    heard = []
    body = b"".join(
        front({"REQUEST_METHOD": "GET", **environ}, lambda status, headers: heard.extend((status, dict(headers))))
    )
    return *heard, body.decode()


def test_it_shows_how_far_it_is_and_comes_again_by_itself():
    front = GettingReady()
    front.reach(SETTLING, 0.5)
    status, headers, page = ask(front)
    assert (status[:3], headers["Retry-After"]) == ("503", "1")
    assert '<progress max="100" value="70"' in page
    assert '<meta http-equiv="refresh" content="1">' in page
    assert "Settling the demonstration town … 70% done" in page


@pytest.mark.parametrize(
    "asked",
    [
        {"HTTP_ACCEPT_LANGUAGE": "zh-CN,zh;q=0.9"},
        {"QUERY_STRING": "lang=zh", "HTTP_ACCEPT_LANGUAGE": "en"},
        {"HTTP_COOKIE": "tenderway-language=zh", "HTTP_ACCEPT_LANGUAGE": "en"},
    ],
)
def test_it_speaks_the_language_that_the_pages_would_speak(asked):
    front = GettingReady()
    front.reach(KEEPER)
    assert "正在启动密钥保管服务" in ask(front, **asked)[2]


def test_a_head_gets_no_body():
    assert ask(GettingReady(), REQUEST_METHOD="HEAD")[2] == ""


def test_it_steps_aside_once_the_program_is_there():
    front = GettingReady()
    front.real = lambda _environ, _start_response: [b"the real one"]
    assert b"".join(front({}, lambda *_: None)) == b"the real one"
