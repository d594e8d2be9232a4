#!/bin/sh
# new_environment.sh FOLDER [PYTHON]: an empty virtual environment, made by the Python that is named,
# else by `python3`, else by the system's own where that is clearly quicker (docs/decisions/0028).
set -eu

enough='import sys; sys.exit(sys.version_info < (3, 11))'
usable='import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info < (3, 11))'

# The least of ten tries, in microseconds of processor time: what else the machine does counts little.
race='
import time
class Tally:
    def __init__(self): self.seen = {}
    def add(self, word): self.seen[word] = self.seen.get(word, 0) + 1
def work():
    tally = Tally()
    for number in range(20000): tally.add(str(number % 97))
def once():
    start = time.process_time(); work(); return time.process_time() - start
print(int(min(once() for _ in range(10)) * 1e6))
'

quickest() {
    chosen=python3
    system=/usr/bin/python3
    [ -x "$system" ] && "$system" -c "$usable" 2>/dev/null || { echo $chosen; return; }
    "$chosen" -c "$usable" 2>/dev/null || { echo $system; return; }
    ours=$("$chosen" -c "$race") theirs=$("$system" -c "$race")
    if [ $((theirs * 5)) -lt $((ours * 4)) ]; then chosen=$system; fi
    echo $chosen
}

python=${2:-$(quickest)}
"$python" -c "$enough" || { echo "Collimate needs Python 3.11 or newer; set PYTHON=…" >&2; exit 1; }
"$python" -m venv "$1"
