#!/bin/sh
# Makes .venv and installs what requirements.txt names, pinned by constraints.txt. Quick when nothing changed.
#
#   sh devstack/bootstrap.sh            PYTHON=/path/to/python3 chooses the interpreter (3.11 or newer)
#                                       PARK_NO_APT=1 forbids installing python3-venv with apt-get when we are root
#
# Debian's bare python3 cannot make a virtual environment with pip in it (its package python3-venv is apart), so other
# ways are tried in turn: make_venv below. Nothing outside .venv is changed, but for that one Debian package.
set -eu

cd "$(dirname "$0")/.."
VENV=.venv
STAMP=$VENV/park-setup.stamp

say() { printf '  %s  /  %s\n' "$1" "$2" >&2; }
fail() {
    printf '错误/error: %s\n%s\n' "$1" "$2" >&2
    exit 1
}

# What the installation depends on: the pins, our packages' own dependencies, and the interpreter.
fingerprint() {
    {
        cat requirements.txt constraints.txt devstack/bootstrap.sh
        find libs services simulator devstack -maxdepth 3 -name pyproject.toml -not -path '*/node_modules/*' 2>/dev/null |
            LC_ALL=C sort | while IFS= read -r file; do
                printf '%s\n' "$file"
                cat "$file"
            done
        "$VENV/bin/python" -c 'import sys; print(sys.version)'
    } | sha256sum | cut -d ' ' -f 1
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14 /usr/bin/python3; do
        if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    fail "需要 Python 3.11 或更高版本（Debian/Ubuntu：apt-get install python3 python3-venv）" \
        "Python 3.11 or newer is needed (Debian, Ubuntu: apt-get install python3 python3-venv)"
}

has_pip() { "$VENV/bin/python" -m pip --version >/dev/null 2>&1; }

with_ensurepip() { "$1" -m venv "$VENV" >/dev/null 2>&1; }
with_pip_of_the_system() { "$1" -m venv --without-pip "$VENV" && "$1" -m pip --python "$VENV/bin/python" install -q pip; }
with_virtualenv() { "$1" -m virtualenv -q "$VENV" || virtualenv -q -p "$1" "$VENV"; }
with_uv() { uv venv -q --seed -p "$1" "$VENV"; }
with_apt() {
    [ "$(id -u)" = 0 ] && [ -z "${PARK_NO_APT:-}" ] && command -v apt-get || return 1
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    say "用 apt-get 安装 python${version}-venv…" "installing python${version}-venv with apt-get ..."
    { apt-get install -y -qq "python${version}-venv" || { apt-get update -qq && apt-get install -y -qq "python${version}-venv"; }; } >&2
    "$1" -m venv "$VENV"
}

make_venv() {
    for way in with_ensurepip with_pip_of_the_system with_virtualenv with_uv with_apt; do
        if [ -d "$VENV" ]; then rm -rf "$VENV"; fi
        if [ "$way" = with_apt ]; then "$way" "$1" >/dev/null || true; else "$way" "$1" >/dev/null 2>&1 || true; fi
        if [ -x "$VENV/bin/python" ] && has_pip; then return; fi
    done
    rm -rf "$VENV"
    fail "此 Python 缺少 venv/ensurepip 模块，也没有 pip、virtualenv 或 uv。请执行 apt-get install python3-venv（需要管理员），或安装 virtualenv、uv 后重试" \
        "this Python has no venv/ensurepip, and there is no pip, virtualenv or uv. Run apt-get install python3-venv (as administrator), or install virtualenv or uv, and try again"
}

usable_venv() { [ -x "$VENV/bin/python" ] && new_enough "$VENV/bin/python" && has_pip; }

if [ -f "$STAMP" ] && [ -x "$VENV/bin/python" ] && [ "$(cat "$STAMP")" = "$(fingerprint)" ]; then
    exit 0
fi
if [ -d "$VENV" ] && [ ! -f "$VENV/pyvenv.cfg" ]; then
    fail "$VENV 已存在但不是虚拟环境，请移走后重试" "$VENV exists but is no virtual environment; move it away and try again"
fi
if ! usable_venv; then
    python=$(find_python)
    say "用 $python 创建 $VENV…" "making $VENV with $python ..."
    make_venv "$python"
fi
say "安装 Python 依赖（首次约一两分钟）…" "installing the Python packages (a minute or two the first time) ..."
pip() { "$VENV/bin/python" -m pip --disable-pip-version-check --no-input "$@"; }
rm -f "$STAMP"
pip install -q -c constraints.txt pip setuptools wheel # the editable installs below build with these
pip install -c constraints.txt -r requirements.txt --no-build-isolation >&2 # its own lines are the progress
"$VENV/bin/python" -m devstack fetch # the broker's jars; without them the fallback broker is used
fingerprint >"$STAMP"
say "Python 依赖已就绪" "the Python packages are installed"
