# Sourced by the other scripts: gives `.venv` with the pinned packages of requirements/$1.lock.
# Nothing is installed twice: a stamp holds the hash of what the environment was made from.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
PYTHON="$ROOT/.venv/bin/python"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf '\033[1;31mStopped:\033[0m %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 1; fi
}

# debian PACKAGE…: from the distribution; without the rights, says what to install.
debian() {
    command -v apt-get >/dev/null || die "please install: $*"
    say "Installing from the distribution: $*"
    as_root env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 ||
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }' sh "$@" ||
        die "these packages are needed and could not be installed: sudo apt-get install $*"
}

find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# A bare Debian has python3 without ensurepip: then python3-venv is missing.
make_venv() {
    local python
    python=$(find_python) || { debian python3 python3-venv; python=$(find_python) || die "Python 3.11 or newer is needed"; }
    "$python" -c 'import ensurepip, venv' 2>/dev/null || debian python3-venv
    say "Making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || die "$python can't make a virtual environment; please install python3-venv"
}

setup() {
    local lock="requirements/$1.lock" stamp=".venv/peerlearn-$1.stamp" wanted
    wanted=$(cat "$lock" pyproject.toml | sha256sum)
    if [ -x "$PYTHON" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && "$PYTHON" -c '' 2>/dev/null; then return; fi
    "$PYTHON" -c 'import pip' 2>/dev/null || make_venv
    say "Installing $(grep -c '==' "$lock") packages (only on the first start and after an update)"
    "$PYTHON" -m pip install --quiet --progress-bar on --require-hashes -r "$lock" || die "the packages could not be installed"
    "$PYTHON" -m pip install --quiet --no-deps --no-build-isolation -e . 2>/dev/null ||
        "$PYTHON" -m pip install --no-deps --no-build-isolation -e . || die "the project could not be installed"
    printf '%s\n' "$wanted" >"$stamp"
}
