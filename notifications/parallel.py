"""Several sends at once, and an end to waiting: one server that hangs must not hold up everybody else's messages."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, as_completed
from contextlib import suppress
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

Name = TypeVar("Name")
Answer = TypeVar("Answer")


def in_parallel(
    jobs: Mapping[Name, Callable[[], Answer]], *, width: int, seconds: float
) -> Iterator[tuple[Name, Future[Answer]]]:
    """Run the jobs in `width` threads and give each as it ends.

    After `seconds` the rest are given as they are: cancelled where they had not begun, running where nobody
    knows how they will end. The threads are daemons, so that none of these keeps the process alive.
    """
    futures: dict[Future[Answer], Name] = {Future(): name for name in jobs}
    waiting: SimpleQueue[tuple[Future[Answer], Callable[[], Answer]]] = SimpleQueue()
    for future, name in futures.items():
        waiting.put((future, jobs[name]))
    for _ in range(min(width, len(jobs))):
        Thread(target=copy_context().run, args=(_work, waiting), daemon=True).start()
    left = dict(futures)
    with suppress(TimeoutError):
        for future in as_completed(futures, timeout=seconds):
            yield left.pop(future), future
    for future, name in left.items():
        future.cancel()
        yield name, future


def _work(waiting: "SimpleQueue[tuple[Future[Answer], Callable[[], Answer]]]") -> None:
    while True:
        try:
            future, job = waiting.get_nowait()
        except Empty:
            return
        if not future.set_running_or_notify_cancel():
            continue
        try:
            future.set_result(job())
        except BaseException as error:  # noqa: BLE001 - handed to whoever asks for the result
            future.set_exception(error)
