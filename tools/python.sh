#!/bin/sh
# Runs its arguments with a suitable Python: $PYTHON when set, else the environment's own, else the first one found.
# The pinned packages have binary wheels for Python 3.11 to 3.14; $PYTHON may name a newer one, at its own risk.
suits() { "$1" -Es -c "import sys; sys.exit(not (3, 11) <= sys.version_info < $2)" >/dev/null 2>&1; }

if [ -n "${PYTHON:-}" ]; then
    suits "$PYTHON" "(4,)" && exec "$PYTHON" -Es "$@"
    echo "PYTHON=$PYTHON cannot be used: Red Pandas needs Python 3.11 or newer." >&2
    exit 1
fi
for candidate in .venv/bin/python python3 python3.13 python3.12 python3.11 python3.14 python; do
    suits "$candidate" "(3, 15)" && exec "$candidate" -Es "$@"
done
echo "Red Pandas needs Python 3.11 to 3.14, and none was found (looked for python3, python3.11 to python3.14, python)." >&2
echo "Install one, or name it: make run PYTHON=/path/to/python3.12" >&2
exit 1
