#!/bin/sh
# Strict types, one package at a time: packages may have test files of the same name.
set -u
cd "$(dirname "$0")/.."
root=$(pwd)
status=0
for config in libs/*/pyproject.toml services/*/pyproject.toml simulator/pyproject.toml; do
    folder=$(dirname "$config")
    targets=$(cd "$folder" && for found in */__init__.py tests; do [ -e "$found" ] && echo "${found%/__init__.py}"; done | grep -v '^build$')
    # shellcheck disable=SC2086
    (cd "$folder" && "$root/.venv/bin/mypy" --config-file "$root/pyproject.toml" --cache-dir "$root/.mypy_cache/$folder" $targets) || { echo "types: $folder"; status=1; }
done
"$root/.venv/bin/mypy" --cache-dir "$root/.mypy_cache/root" devstack conftest.py || status=1
if [ -d tests ]; then "$root/.venv/bin/mypy" --cache-dir "$root/.mypy_cache/tests" tests || status=1; fi
exit $status
