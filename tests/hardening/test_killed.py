"""kill -9 in the middle of any work: nothing is half done, and whoever comes next goes on."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from models.files import ABANDONED, INCOMING, MIB, clear_incoming, store
from models.home import Home
from models.settings import Settings
from notifications.sweeps import tidy
from tests.hardening.wholeness import assert_whole, units_of_files
from tests.hardening.writers import IN_A_FILE
from tests.office import NOW, Office

TAKER = """
import sys
from pathlib import Path
from models.files import store
store(sys.stdin.buffer, name="bukti.pdf", folder=Path(sys.argv[1]), limit=10**9)
"""

ROOT = Path(__file__).parents[2]
KILLS = 3


class TestKilledWriters:
    """Moves, imports, answers, uploads, findings and reminders; a long one is among the soak tests."""

    def test_all_of_a_step_or_nothing(self, both_offices: Office, work_home: Home) -> None:
        done = kill_writers(both_offices.url, work_home, kills=KILLS, longest=1.0, seed=3)

        assert done > 0, "every kill came before anything was done"


def kill_writers(url: str, home: Home, *, kills: int, longest: float, seed: int) -> int:
    """Start one writer after the other and kill each; how many steps they did. The last one ends by itself."""
    dice = random.Random(seed)  # the moments differ with the machine's speed; the promise holds at all of them
    steps = 0
    for number in range(kills):
        steps += _run(url, home, seed + number, kill_after=dice.uniform(0.0, longest))
        assert_whole(home)
        assert set(units_of_files().values()) <= {IN_A_FILE}
    steps += _run(url, home, seed + kills, steps=6)
    assert_whole(home)
    return steps


def _run(url: str, home: Home, seed: int, *, kill_after: float | None = None, steps: int = 0) -> int:
    with start_writer(url, home, seed, steps=steps) as writer:
        assert writer.stdout
        if kill_after is not None:
            time.sleep(kill_after)
            writer.kill()
        said = writer.stdout.read().splitlines()
    assert kill_after is not None or writer.returncode == 0, said
    return len(said)


def start_writer(url: str, home: Home, seed: int, *, steps: int = 0) -> "subprocess.Popen[str]":
    """One that has got ready."""
    command = [sys.executable, "-m", "tests.hardening.writers", url, str(home.path), str(seed), str(steps)]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert writer.stdout
    assert writer.stdout.readline() == "ready\n"
    return writer


class TestKilledUploads:
    """What was cut off lies under a name that says so, and is taken away once nobody can be writing to it."""

    def test_half_a_file_never_has_a_files_name(self, work_home_of_office: Home) -> None:
        home = work_home_of_office
        with subprocess.Popen([sys.executable, "-c", TAKER, str(home.files)], cwd=ROOT, stdin=subprocess.PIPE) as taker:
            assert taker.stdin
            taker.stdin.write(b"x" * (2 * MIB))  # and more would come
            taker.stdin.flush()
            while not any(path.stat().st_size for path in home.files.glob(f"{INCOMING}*")):
                assert taker.poll() is None
                time.sleep(0.01)
            taker.kill()

        (left,) = (path for path in home.files.rglob("*") if path.is_file())
        assert left.name.startswith(INCOMING)
        assert clear_incoming(home.files) == 0  # as long as somebody could be writing to it
        long_ago = time.time() - ABANDONED.total_seconds() - 60
        os.utime(left, (long_ago, long_ago))
        assert clear_incoming(home.files) == 1

    def test_only_what_was_abandoned_is_cleared(self, office: Office, work_home_of_office: Home) -> None:
        home = work_home_of_office
        cut_off, under_way = (home.files / f"{INCOMING}{name}" for name in ("killed", "now"))
        for path in (cut_off, under_way):
            path.write_bytes(b"x" * 10)
        long_ago = time.time() - ABANDONED.total_seconds() - 60
        os.utime(cut_off, (long_ago, long_ago))
        with (ROOT / "LICENSE").open("rb") as source:
            kept = store(source, name="LICENSE", folder=home.files, limit=MIB)

        counts = tidy(home, Settings(), clock=lambda: NOW)

        assert counts.planned == 1
        assert {path.name for path in home.files.rglob("*") if path.is_file()} == {under_way.name, kept.hash[2:]}
