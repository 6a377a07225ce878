#!/bin/sh
# Chromium and a CJK font for the browser tests, from the machine's package manager. Without them those tests are
# skipped, and say so; nothing else needs them.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
as_root=""
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo -n"; else
        echo "No Chromium, and no right to install it: the browser tests will be skipped."
        exit 0
    fi
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "No Chromium and no apt-get: the browser tests will be skipped."
    exit 0
fi
echo "Installing Chromium for the browser tests ..."
$as_root apt-get update -qq >/dev/null 2>&1 || true
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null 2>&1 ||
    echo "Chromium could not be installed: the browser tests will be skipped."
exit 0
