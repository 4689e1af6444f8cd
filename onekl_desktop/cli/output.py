"""What goes to the terminal: results on stdout, progress and problems on stderr, or one JSON document."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.progress import Progress

Result = TypeVar("Result")


class Output:
    """One command's output. `target` is None (text), '-' (JSON on stdout) or a path."""

    def __init__(self, target: str | None = None) -> None:
        self.target = target

    def say(self, text: str) -> None:
        """A sentence for the person, on stderr."""
        print(text, file=sys.stderr, flush=True)

    def line(self, text: str = "") -> None:
        """A line of the result; silent when JSON is asked for on stdout."""
        if self.target != "-":
            print(text, flush=True)

    def data(self, document: dict[str, Any]) -> None:
        """The JSON document, when asked for."""
        if self.target is None:
            return
        text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
        if self.target == "-":
            print(text, flush=True)
            return
        try:
            Path(self.target).write_text(text + "\n", encoding="utf-8")
        except OSError as problem:
            raise explain_os_error(problem, self.target) from None

    def fail(self, problem: UserError) -> int:
        """Tell all problems and return the exit code."""
        for item in problem.problems:
            self.say(item.sentence())
        with contextlib.suppress(UserError):
            self.data({"problems": [item.as_dict() for item in problem.problems]})
        return problem.exit_code

    @contextlib.contextmanager
    def progress(self) -> Iterator[Progress]:
        """A progress that is drawn on stderr while the work runs (one line; only steps where there is no terminal)."""
        if not sys.stderr.isatty():
            yield _Steps(self)
            return
        progress = Progress()
        stop = threading.Event()

        def draw() -> None:
            while not stop.wait(0.1):
                seen = progress.read()
                percent = "" if seen.fraction is None else f"{seen.fraction:4.0%} "
                sys.stderr.write(f"\r\x1b[K{percent}{seen.text}"[:200])
                sys.stderr.flush()

        thread = threading.Thread(target=draw, name="progress", daemon=True)
        thread.start()
        try:
            yield progress
        finally:
            stop.set()
            thread.join()
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def in_background(progress: Progress, work: Callable[[], Result]) -> Result:
    """Do the work in another thread, so that an interrupt is heard at once also within compiled loops."""
    done: Future[Result] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as problem:  # noqa: BLE001 - raised again where the result is taken
            done.set_exception(problem)

    thread = threading.Thread(target=run, name="work", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.1)
    except KeyboardInterrupt:
        progress.cancel()
        thread.join()
        raise
    return done.result()


class _Steps(Progress):
    """Where there is no terminal to draw on: each step as a line of its own."""

    def __init__(self, output: Output) -> None:
        super().__init__()
        self._output = output

    def report(self, fraction: float | None = None, text: str | None = None) -> None:
        """Say a step when it begins."""
        before = self.read().text
        super().report(fraction, text)
        if text and text != before:
            self._output.say(text)
