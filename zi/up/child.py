"""One process under supervision: started tethered, in a group of its own, with its output in a log of bounded size."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Thread

LOG_BYTES = 5_000_000  # then the log is put aside; one older one is kept


@dataclass
class Child:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    ready: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)  # when it was started, by time.monotonic

    def start(self) -> None:
        self.started.append(time.monotonic())
        command = [sys.executable, "-m", "zi.up.tether", str(os.getpid()), *self.command]
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
            command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # what it starts is in its group, and Ctrl-C reaches the supervisor alone
        )
        Thread(target=_keep_log, args=(self.process, self.log), daemon=True).start()

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, *, seconds: float) -> None:
        """Ask it to end, then end it with all that it started."""
        if self.process is None:
            return
        if self.runs:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        with suppress(ProcessLookupError):  # nobody is left in its group
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self, count: int = 5) -> list[str]:
        with suppress(OSError):
            return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
        return []


def _keep_log(process: subprocess.Popen[bytes], path: Path) -> None:
    assert process.stdout  # noqa: S101 - a pipe
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
    try:
        for line in process.stdout:
            text = line.decode(errors="replace").rstrip("\n")
            handler.emit(logging.LogRecord(path.stem, logging.INFO, "", 0, text, None, None))
    finally:
        handler.close()
