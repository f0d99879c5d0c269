"""What the port answers while the program gets ready: a page that says how far it is and opens the real one by itself.

It is there before anything else of the program is loaded, so it knows nothing of it; the page needs no script.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

STYLE = (
    "body{margin:0;font:1.1875rem/1.6 system-ui,'Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif;color:#17232a;"
    "background:#f4f7f8}header{background:#0b4f63;color:#fff;padding:.75rem 1.25rem;font-weight:600}"
    "main{max-width:36rem;margin:0 auto;padding:3rem 1.25rem}h1{font-size:1.75rem;line-height:1.25;margin:0 0 1rem}"
    "progress{width:100%;height:1.25rem;accent-color:#0b4f63}.soft{color:#4d5d66}"
    "@media(prefers-color-scheme:dark){body{color:#e6edf0;background:#10191d}.soft{color:#a9bac2}}"
)
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
    ("Retry-After", "1"),
    ("X-Content-Type-Options", "nosniff"),
]
WORDS = {
    "en": (
        "Tenderway is starting",
        "This page opens by itself as soon as everything is there. It takes a few seconds.",
        "%s%% done",
    ),
    "zh-Hans": ("Tenderway正在启动", "全部就绪后，本页面将自动打开，通常只需几秒钟。", "已完成%s%%"),
}


@dataclass(frozen=True)
class Step:
    """A part of getting ready: its words in both languages, and from where to where the bar goes meanwhile."""

    en: str
    zh: str
    begins: int
    ends: int


LOADING = Step("Loading the program", "正在加载程序", 0, 45)
TABLES = Step("Bringing the tables up to date", "正在更新数据表", 45, 55)
SETTLING = Step("Settling the demonstration town", "正在准备演示城市", 55, 85)
KEEPER = Step("Starting the keeper of the keys", "正在启动密钥保管服务", 85, 95)
PAGES = Step("Laying out the pages", "正在准备页面", 95, 100)


class GettingReady:
    """A WSGI application that shows progress until it is given the real one."""

    def __init__(self) -> None:
        self.step, self.percent, self._since = LOADING, 0, time.monotonic()
        self.real: Wsgi | None = None

    def reach(self, step: Step, done: float = 0) -> None:
        """Show that ``step`` is being done, and how much of it is (from 0 to 1)."""
        self.step, self.percent = step, round(step.begins + (step.ends - step.begins) * done)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with the real application where it is there, else with the page that waits for it."""
        if self.real is not None:
            return self.real(environ, start_response)
        page = self._page(_language(environ)).encode()
        start_response("503 Service Unavailable", [*HEADERS, ("Content-Length", str(len(page)))])
        return [b""] if environ.get("REQUEST_METHOD") == "HEAD" else [page]

    def _page(self, language: str) -> str:
        title, more, percent = WORDS[language]
        done = self.percent or min(LOADING.ends - 5, round((time.monotonic() - self._since) * 10))
        step = self.step.zh if language == "zh-Hans" else self.step.en
        return (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="1">'
            f"<style>{STYLE}</style></head><body><header>Tenderway</header><main><h1>{title}</h1>"
            f'<p id="step" role="status">{escape(step)} … {percent % done}</p>'
            f'<progress max="100" value="{done}" aria-labelledby="step"></progress>'
            f'<p class="soft">{more}</p></main></body></html>'
        )


def _language(environ: dict[str, Any]) -> str:
    """As the pages choose it: the address, what was chosen before, what the browser accepts."""
    try:
        chosen = SimpleCookie(environ.get("HTTP_COOKIE", "")).get("tenderway-language")
    except CookieError:
        chosen = None
    asked = parse_qs(environ.get("QUERY_STRING", "")).get("lang", [chosen.value if chosen else ""])[0]
    if asked not in ("en", "zh"):
        asked = environ.get("HTTP_ACCEPT_LANGUAGE", "").strip().lower()[:2]
    return "zh-Hans" if asked == "zh" else "en"
