# shellcheck shell=bash
# Shared by tests/run and deploy/quickstart: progress, one-line causes, packages, builds.
# Sourced with `set -euo pipefail` in force and the working directory at the top of the sources.

JOBS=${JOBS:-$(nproc)}
LOGS=${LOGS:-build/logs}
TOOLS=$PWD/build/tools

# say TEXT: one line of progress.
say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }

# die TEXT: the cause in one line, then the end.
die() {
  printf '\033[31merror:\033[0m %s\n' "$*" >&2
  exit 1
}

# packages_missing FILE...: those listed and not installed.
packages_missing() {
  local package
  for package in $(sed 's/#.*//' "$@"); do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      printf '%s ' "$package"
  done
}

# as_root COMMAND...
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# first_problem LOG: the line of an apt-get log that says most.
first_problem() { grep -m1 '^E:' "$1" || grep -m1 '^Err:' "$1" || tail -n1 "$1"; }

# install_packages FILE...: does nothing, and needs no rights, when all are there.
install_packages() {
  command -v dpkg-query >/dev/null || die "this is not Debian: install what $* name, by hand"
  local missing log=$LOGS/packages.log
  missing=$(packages_missing "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    die "packages are missing, and this is neither root nor is there sudo: apt-get install $missing"
  fi
  say "installing $missing"
  mkdir -p "$LOGS"
  as_root apt-get update -o APT::Update::Error-Mode=any -o Acquire::Retries=2 >"$log" 2>&1 ||
    die "no packages without the network: $(first_problem "$log")"
  # shellcheck disable=SC2086 # one word per package
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing \
    >>"$log" 2>&1 || die "packages cannot be installed: $(first_problem "$log") (all of it in $log)"
}

# unpack_tool PACKAGE PROGRAM [PATH...]: PROGRAM, such as /usr/bin/promtool, and further files or
# folders of PACKAGE, below $TOOLS instead of /. For packages that would start a service on a fixed
# port, and whose libraries are here. Does nothing when the program is installed or unpacked.
unpack_tool() {
  local package=$1 program=$2 log=$LOGS/packages.log work link target
  shift
  if command -v "${program##*/}" >/dev/null || [ -x "$program" ]; then return 0; fi
  if [ -x "$TOOLS$program" ] && [ -e "$TOOLS/$package.unpacked" ]; then return 0; fi
  say "unpacking ${program##*/} of $package"
  work=$TOOLS/download-$package
  rm -rf "$work"
  mkdir -p "$LOGS" "$work"
  (cd "$work" && apt-get download -o Acquire::Retries=2 "$package") >"$log" 2>&1 ||
    {
      # Lists may be missing, or older than the mirror.
      as_root apt-get update -o APT::Update::Error-Mode=any -o Acquire::Retries=2 &&
        (cd "$work" && apt-get download -o Acquire::Retries=2 "$package")
    } >"$log" 2>&1 || die "$package cannot be fetched: $(first_problem "$log")"
  dpkg-deb --fsys-tarfile "$work"/*.deb | tar -x -C "$TOOLS" "${@/#/.}" 2>>"$log" ||
    die "$package cannot be unpacked: $(tail -n1 "$log")"
  rm -rf "$work"
  # A link to a file of another package: that one is installed, and so below /.
  find "$TOOLS" -xtype l -lname '[!/]*' | while IFS= read -r link; do
    target=${link#"$TOOLS"}
    target=${target%/*}/$(readlink "$link")
    [ ! -e "$target" ] || ln -sfn "$target" "$link"
  done
  [ -x "$TOOLS$program" ] || die "$package has no $program that runs here"
  touch "$TOOLS/$package.unpacked"
}

# build PRESET [TARGET...]: configures and builds, and shows how far it is.
build() {
  local preset=$1 log=$LOGS/$1.log
  shift
  mkdir -p "$LOGS"
  command -v cmake >/dev/null || die "cmake is missing"
  [ "$preset" = fuzz ] || command -v c++ >/dev/null || die "no C++ compiler: install g++"
  cmake --preset "$preset" ${CMAKE_EXTRA:-} >"$log" 2>&1 ||
    die "$preset cannot be configured: $(grep -m1 -A2 'CMake Error' "$log" | tr -s ' \n' ' ') ($log)"
  local targets=()
  [ $# = 0 ] || targets=(--target "$@")
  # A line a step on a terminal, rewritten in place; else every fiftieth.
  cmake --build "build/$preset" -j "$JOBS" "${targets[@]}" 2>&1 | tee -a "$log" | show_steps ||
    die "$preset does not build: $(grep -m1 -E 'error:|Error |ninja: error' "$log") (all of it in $log)"
}

# show_steps: ninja's `[n/m]` lines, thinned out. Not awk: Debian's reads pipes in blocks.
show_steps() {
  local line n=0
  while IFS= read -r line; do
    [[ $line == \[* ]] || continue
    if [ -t 2 ]; then
      printf '\r\033[K%.100s' "$line" >&2
    elif ((n % 50 == 0)); then
      printf '    %s\n' "${line%%]*}]" >&2
    fi
    n=$((n + 1))
  done
  if [ -t 2 ] && [ $n != 0 ]; then echo >&2; fi
}
