"""The whole of it with real processes; it costs a minute or two, so it is asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(os.environ.get("ZI_TEST_SOAK") != "1", reason="ZI_TEST_SOAK=1 runs it")
def test_two_workers_share_the_work_and_every_message_arrives_once(postgres_server: str) -> None:
    command = [sys.executable, "-m", "tools.try_many", "--units", "60", "--postgres", postgres_server]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
