#!/bin/sh
# Makes .venv and installs the project into it, with uv where it is present, else with venv + pip.
set -eu
cd "$(dirname "$0")/.."

if command -v uv >/dev/null 2>&1; then
  [ -x .venv/bin/python ] || uv venv --quiet --python '>=3.11' .venv
  exec uv pip install --quiet --python .venv/bin/python --constraint constraints.txt --editable '.[dev,postgresql,scale]'
fi

if [ ! -x .venv/bin/python ]; then
  for python in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$python; break; fi
  done
  if [ -z "${found:-}" ]; then
    echo "没有找到 Python 3.11 或更新的版本,请先安装。 Python 3.11 or later is needed." >&2
    exit 1
  fi
  "$found" -m venv .venv
fi
echo "正在安装依赖到 .venv(只需一次)… installing into .venv (once)…" >&2
exec .venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,postgresql,scale]'
