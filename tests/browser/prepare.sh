#!/usr/bin/env bash
# The browser tests drive Debian's Chromium with a Chinese font: install both when we may, else say how.
set -euo pipefail
have() { command -v chromium >/dev/null && [ -n "$(fc-list 2>/dev/null | grep -i "noto.*cjk")" ]; }
have && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium and a Chinese font for the browser tests …"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
  have && exit 0
fi
echo "The browser tests need Chromium and a Chinese font. Run:  sudo apt-get install chromium fonts-noto-cjk fontconfig" >&2
exit 1
