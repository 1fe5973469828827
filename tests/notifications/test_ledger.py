"""What several senders write down at once is written together, and each waits for its own."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from notifications.ledger import Ledger

PATIENCE = 30.0


class TestLedger:
    """Whoever has the turn writes for all who wait; nobody goes on before their own is written."""

    def test_those_who_wait_are_written_together(self) -> None:
        written: list[list[int]] = []
        first_is_writing, go_on = Event(), Event()

        def write(entries: Sequence[int]) -> int:
            written.append(sorted(entries))
            if len(written) == 1:
                first_is_writing.set()
                assert go_on.wait(PATIENCE)
            return len(entries)

        ledger = Ledger(write, 0)
        with ThreadPoolExecutor(8) as pool:
            first = pool.submit(ledger.enter, 0)
            assert first_is_writing.wait(PATIENCE)
            others = [pool.submit(ledger.enter, number) for number in range(1, 8)]
            while ledger.waiting < len(others):
                sleep(0.001)
            assert not any(one.done() for one in others)
            go_on.set()
            answers = [one.result(PATIENCE) for one in (first, *others)]

        assert written == [[0], [1, 2, 3, 4, 5, 6, 7]]
        assert sum(answers) == 8  # counted once

    def test_what_fails_fails_for_each_whose_entry_was_in_it(self) -> None:
        first_is_writing, go_on = Event(), Event()

        def write(entries: Sequence[int]) -> int:
            if entries == [0]:
                first_is_writing.set()
                assert go_on.wait(PATIENCE)
                return 1
            raise OSError("no room")

        ledger = Ledger(write, 0)
        with ThreadPoolExecutor(3) as pool:
            first = pool.submit(ledger.enter, 0)
            assert first_is_writing.wait(PATIENCE)
            others = [pool.submit(ledger.enter, number) for number in (1, 2)]
            while ledger.waiting < len(others):
                sleep(0.001)
            go_on.set()

            assert first.result(PATIENCE) == 1
            for one in others:
                with pytest.raises(OSError, match="no room"):
                    one.result(PATIENCE)
