"""Disks to break things on: a tiny one, and one that may only be read. They need root; others skip these tests."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path, *, mib: int) -> Iterator[Path]:
    """A file system of its own in memory, of so many MiB."""
    place.mkdir()
    with _mounted(["-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(place)], place):
        yield place


@contextmanager
def only_to_be_read(folder: Path) -> Iterator[None]:
    """The folder as it lies on a disk that may only be read; modes would not hold root back."""
    with _mounted(["--bind", str(folder), str(folder)], folder):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        yield


def fill(folder: Path, *, but: int = 0) -> Path:
    """Leave no room but so many bytes; the file to remove to have it again."""
    ballast = folder / "ballast"
    free = os.statvfs(folder)
    with ballast.open("wb") as file:
        try:
            file.write(b"\0" * (free.f_bavail * free.f_frsize - but))
            file.flush()
        except OSError:
            if but:
                raise
    return ballast


@contextmanager
def _mounted(words: list[str], place: Path) -> Iterator[None]:
    mounted = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no mounting here: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
