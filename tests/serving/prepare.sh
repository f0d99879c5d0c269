#!/usr/bin/env bash
# The proxy's tests run Debian's nginx: install it when we may; without it they are skipped by name.
set -euo pipefail
command -v nginx >/dev/null && exit 0
[ -x /usr/sbin/nginx ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing nginx for the proxy's tests …"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light >/dev/null && exit 0
fi
echo "The proxy's tests are skipped: they need nginx (sudo apt-get install nginx-light)." >&2
