"""Serve the sample pages and the built bundles under the policy of the real site, with stand-ins for its addresses.

    python3 samples/serve.py [PORT]

Pages: /components.html, /portal.html, /modeler.html, /dmn.html, /monitor.html (each with ?lang=zh). What is saved stays in memory.
"""

import json
import re
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent
STATIC = SAMPLES.parent.parent / "app" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".bpmn": "application/xml",
    ".dmn": "application/xml",
}
saved: dict[str, str] = {}
sent: list[str] = []


def findings(xml: str) -> list[dict[str, str | None]]:
    """A stand-in for the server's check: user tasks without a form are errors, unnamed gateways warnings."""
    found: list[dict[str, str | None]] = []
    for task in re.finditer(r"<bpmn:userTask id=\"([^\"]+)\"(?: name=\"([^\"]*)\")?.*?</bpmn:userTask>", xml, re.S):
        if "formId=" not in task.group(0):
            found.append(
                {
                    "element": task[1],
                    "name": task[2],
                    "level": "error",
                    "message": "A user task needs a form: choose one in its panel.",
                }
            )
    for gateway in re.finditer(r"<bpmn:exclusiveGateway id=\"([^\"]+)\"(?! name)", xml):
        found.append(
            {
                "element": gateway[1],
                "name": None,
                "level": "warning",
                "message": "A gateway with no question is hard to read: name it.",
            }
        )
    return found


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        address = urllib.parse.urlsplit(self.path)
        path = address.path
        if path == "/favicon.ico":
            path = "/static/favicon.ico"
        if path in saved:
            return self.answer(saved[path].encode(), "application/xml")
        folder, name = (
            (STATIC, path.removeprefix("/static/")) if path.startswith("/static/") else (SAMPLES, path.lstrip("/"))
        )
        file = (folder / (name or "components.html")).resolve()
        if not file.is_relative_to(folder) or not file.is_file():
            return self.answer(b"not here", "text/plain", 404)
        body = file.read_bytes()
        if file.suffix == ".html" and "lang=zh" in address.query:
            body = body.replace(b'<html lang="en"', b'<html lang="zh-Hans"')
        return self.answer(body, KINDS[file.suffix])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        path = urllib.parse.urlsplit(self.path).path
        if path == "/draft":
            return self.say({"saved_at": "2026-11-23T14:32:00+08:00"})
        if path == "/sent":
            sent.append(body.decode())
            return self.answer(b"<!doctype html><title>Sent</title><p>sent</p>", KINDS[".html"])
        if path == "/upload":
            return self.say({"id": "f1", "name": "file", "size": len(body), "kind": "pdf", "hash": "9f86d081884c7d65"})
        if self.headers["X-CSRFToken"] != "sample-token":
            return self.say({"ok": False, "message": "The request has no token."}, 400)
        found = findings(body.decode())
        if path.startswith("/save/"):
            saved[path.removeprefix("/save")] = body.decode()
        errors = any(one["level"] == "error" for one in found)
        self.say({"ok": not errors, "findings": found, "version": "7"})

    do_PUT = do_POST

    def say(self, what: object, status: int = 200) -> None:
        self.answer(json.dumps(what).encode(), "application/json", status)

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


def open_server(port: int) -> ThreadingHTTPServer:
    """A server on ``port`` (0: any free one) of this machine, not yet serving."""
    return ThreadingHTTPServer(("127.0.0.1", port), Answers)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8390
    print(f"http://127.0.0.1:{port}/components.html")
    open_server(port).serve_forever()
