"""Several sends at once, and an end to waiting."""

from threading import Event

import pytest

from notifications.parallel import in_parallel


class TestInParallel:
    """Every job is given back: with its answer, its error, cancelled, or still running."""

    def test_answers_come_as_they_end(self) -> None:
        jobs = {number: (lambda number=number: number * 2) for number in range(20)}

        answers = {name: future.result() for name, future in in_parallel(jobs, width=4, seconds=5)}

        assert answers == {number: number * 2 for number in range(20)}

    def test_an_error_is_the_answer_of_its_own_job_only(self) -> None:
        jobs = {"good": lambda: 1, "bad": lambda: 1 // 0}

        futures = dict(in_parallel(jobs, width=1, seconds=5))

        assert futures["good"].result() == 1
        with pytest.raises(ZeroDivisionError):
            futures["bad"].result()

    def test_one_that_hangs_holds_up_nobody_else(self) -> None:
        hang = Event()
        jobs = {"hangs": hang.wait, "quick": lambda: True}

        futures = dict(in_parallel(jobs, width=2, seconds=0.2))

        assert futures["quick"].result()
        assert not futures["hangs"].done()
        hang.set()

    def test_what_had_not_begun_in_time_is_cancelled(self) -> None:
        hang = Event()
        jobs = {"hangs": hang.wait, "next": lambda: True}

        futures = dict(in_parallel(jobs, width=1, seconds=0.1))
        hang.set()

        assert futures["next"].cancelled()
