#!/bin/sh
# Makes .venv from requirements.lock. The stamp .venv/.ready is written last: a set-up that was cut short is begun again.
set -eu
python=${PYTHON:-python3}
say() { printf '%s\n' "$*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    say "ordonum: il faut Python 3.11 ou plus récent ($python n'en est pas un). Essayez : make PYTHON=python3.12 …"
    exit 1
}
"$python" -c 'import venv, ensurepip' 2>/dev/null || {
    say "ordonum: il manque le module venv de Python. Sous Debian ou Ubuntu : apt-get install python3-venv"
    exit 1
}
[ "$(uname -s)/$(uname -m)" = "Linux/x86_64" ] ||
    say "ordonum: machine non essayée ($(uname -s) $(uname -m)) ; la base embarquée est prévue pour Linux x86-64."

# One set-up at a time in this folder; the lock goes with this process, however it ends.
exec 9>.setup.lock
"$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
if [ -f .venv/.ready ] && [ "$(cat .venv/.ready)" = "$PWD" ] &&
    [ -z "$(find requirements.lock pyproject.toml scripts/setup.sh -newer .venv/.ready)" ]; then
    exit 0
fi

say "ordonum: préparation de l'environnement (une minute environ, une seule fois)…"
"$python" -m venv --clear .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
# Where the sources are, by a relative path: an absolute one with accents is not read under every locale.
for file in .venv/lib/python3*/site-packages/*ordonum*.pth; do
    printf '../../../../src\n' >"$file"
done
printf '%s' "$PWD" >.venv/.ready
say "ordonum: environnement prêt."
