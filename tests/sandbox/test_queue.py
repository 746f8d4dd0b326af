"""Turns are fair: no owner waits behind all the runs of another."""

from __future__ import annotations

import threading
import time

import pytest

from sandbox.queue import Cancelled, Queue


def test_owners_take_turns() -> None:
    queue, order = Queue(1), []

    def take(run_id: str, owner: str) -> None:
        with queue.turn(run_id, owner):
            order.append(run_id)
            time.sleep(0.02)

    with queue.turn("first", "a"):
        threads = []
        for run_id, owner in [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c")]:
            threads.append(threading.Thread(target=take, args=(run_id, owner)))
            threads[-1].start()
            time.sleep(0.02)
    for thread in threads:
        thread.join(5)
    assert order == ["a1", "b1", "c1", "a2", "a3"]


def test_never_more_than_the_places() -> None:
    queue, now, most = Queue(2), [0], [0]
    lock = threading.Lock()

    def take() -> None:
        with queue.turn("x"):
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.01)
            with lock:
                now[0] -= 1

    threads = [threading.Thread(target=take) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert most[0] == 2


def test_cancelled_while_waiting() -> None:
    queue = Queue(1)
    with queue.turn("running"):
        threading.Timer(0.05, queue.cancel, ["waiting"]).start()
        with pytest.raises(Cancelled), queue.turn("waiting"):
            pass
    with queue.turn("next"):
        pass
