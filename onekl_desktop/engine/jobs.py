"""Background work with progress and cancel. Workers hold no widget, no signal and no open database session."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Cancelled, Progress

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"


class Job:
    """One piece of work: state, progress slot and result; read from any thread."""

    def __init__(self, title: str, work: Callable[[Progress], Any]) -> None:
        self.title = title
        self.progress = Progress()
        self.result: Any = None
        self.error: UserError | None = None
        self.crash = ""
        self.summary = ""
        self._work = work
        self._state = WAITING
        self._finished = threading.Event()

    @property
    def state(self) -> str:
        """waiting, running, done, failed or cancelled."""
        return self._state

    @property
    def finished(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._finished.is_set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until it has ended."""
        return self._finished.wait(timeout_s)

    def run(self) -> None:
        """Do the work; every ending is a state, none is an exception."""
        try:
            if self.progress.cancelled:
                raise Cancelled
            self._state = RUNNING
            self.result = self._work(self.progress)
            self._state = DONE
        except Cancelled:
            self._state = CANCELLED
        except UserError as problem:
            self.error, self._state = problem, FAILED
        except Exception:  # noqa: BLE001 - a bug: the text goes to the crash page
            self.crash, self._state = traceback.format_exc(), FAILED
        finally:
            self._finished.set()


class Jobs:
    """The queue: one job at a time after the other, so that an old PC stays usable."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job")
        self._jobs: list[Job] = []

    def submit(self, title: str, work: Callable[[Progress], Any]) -> Job:
        """Queue work; it gets a Progress."""
        job = Job(title, work)
        self._jobs.append(job)
        self._pool.submit(job.run)
        return job

    def list(self) -> list[Job]:
        """All jobs of this session, oldest first."""
        return list(self._jobs)

    @property
    def busy(self) -> bool:
        """Whether any job is waiting or running."""
        return any(not job.finished for job in self._jobs)

    def close(self) -> None:
        """Cancel what runs and wait for its end."""
        for job in self._jobs:
            job.progress.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
