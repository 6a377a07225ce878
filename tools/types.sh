#!/bin/sh
# Strict types, one package at a time: packages may have test files of the same name.
set -u
cd "$(dirname "$0")/.."
root=$(pwd)
status=0
for config in libs/*/pyproject.toml services/*/pyproject.toml simulator/pyproject.toml devstack/pyproject.toml; do
    folder=$(dirname "$config")
    targets=$(cd "$folder" && for found in */__init__.py tests; do [ -e "$found" ] && echo "${found%/__init__.py}"; done | grep -v '^build$')
    # shellcheck disable=SC2086
    (cd "$folder" && "$root/.venv/bin/mypy" --config-file "$root/pyproject.toml" --cache-dir "$root/.mypy_cache/$folder" $targets) || { echo "types: $folder"; status=1; }
done
for folder in tests/*/; do
    "$root/.venv/bin/mypy" --cache-dir "$root/.mypy_cache/$folder" "$folder" || { echo "types: $folder"; status=1; }
done
exit $status
