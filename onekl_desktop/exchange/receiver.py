"""A GPS receiver at a serial port: what it says is read on a thread, and written to a file while a walk is recorded.

Receivers talk at one of a few speeds; they are tried in turn until a sentence arrives whole.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.exchange.nmea import LARGEST, LONGEST_LINE, Fix, Sentences

RATES = (9600, 4800, 38400, 115200, 57600)  # bits a second, the usual ones first
PATIENCE_S = 2.5  # without a whole sentence, before another speed is tried
WAIT_S = 0.2
MOST_RECENT = 600  # fixes that are kept while nothing is recorded


@dataclass(frozen=True)
class Port:
    """A serial port and what is plugged in there."""

    device: str
    title: str


def list_ports() -> list[Port]:
    """The serial ports of this computer, those of USB devices first."""
    from serial.tools.list_ports import comports

    found = sorted(comports(), key=lambda port: (port.vid is None, port.device))
    return [
        Port(
            port.device, port.device if port.description in ("n/a", "", None) else f"{port.device} · {port.description}"
        )
        for port in found
    ]


class Receiver:
    """Listens from when it is made until it is closed.

    Raises
    ------
    UserError
        `gps.port`: the port cannot be opened.
    """

    def __init__(self, port: str) -> None:
        import serial

        self.port, self.rate = port, RATES[0]
        try:
            self._line = serial.Serial(port, self.rate, timeout=WAIT_S)
        except (serial.SerialException, OSError, ValueError) as problem:
            raise UserError("gps.port", port=port, reason=_reason(problem)) from None
        self._lock = threading.Lock()
        self._heard = Sentences()
        self._recent: deque[Fix] = deque(maxlen=MOST_RECENT)
        self._file: TextIO | None = None
        self._written = 0
        self.problem: UserError | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="gps", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        import serial

        since, sound, rest = time.monotonic(), 0, b""
        while not self._stop.is_set():
            try:
                rest += self._line.read(max(1, self._line.in_waiting))
            except (serial.SerialException, OSError, TypeError) as problem:  # pulled out; TypeError: closed meanwhile
                if not self._stop.is_set():
                    self.problem = UserError("gps.port", port=self.port, reason=_reason(problem))
                return
            *lines, rest = rest.replace(b"\r", b"\n").split(b"\n")
            rest = rest[-LONGEST_LINE:]
            for line in lines:
                self._take(line.decode("ascii", "replace").strip())
            if self._heard.sound > sound:
                sound, since = self._heard.sound, time.monotonic()
            elif not sound and time.monotonic() - since > PATIENCE_S:
                self.rate = RATES[(RATES.index(self.rate) + 1) % len(RATES)]
                self._line.baudrate = self.rate
                since, rest = time.monotonic(), b""

    def _take(self, line: str) -> None:
        if not line:
            return
        with self._lock:
            fix = self._heard.add(line)
            if fix is not None:
                self._recent.append(fix)
            if self._file is None or self._written > LARGEST:
                return
            try:
                self._file.write(line + "\n")
                self._file.flush()  # a walk of hours must outlive a flat battery
                self._written += len(line) + 1
            except OSError as problem:
                self.problem = explain_os_error(problem, Path(self._file.name))
                self._file = None

    @property
    def heard(self) -> bool:
        """Whether it says anything that can be understood."""
        return self._heard.sound > 0

    @property
    def recording(self) -> bool:
        """Whether a walk is being recorded."""
        return self._file is not None

    @property
    def last(self) -> Fix | None:
        """Where it is."""
        with self._lock:
            return self._recent[-1] if self._recent else None

    @property
    def fixes(self) -> list[Fix]:
        """Where it was since the recording began (before it, nowhere)."""
        with self._lock:
            return self._heard.fixes if self._written or self._file else []

    def record(self, path: Path) -> None:
        """Begin to write sentences to a file, which is the track.

        Raises
        ------
        UserError
            A problem of the medium.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            file = path.open("w", encoding="ascii", errors="replace")
        except OSError as problem:
            raise explain_os_error(problem, path) from None
        with self._lock:
            sound, self._heard = self._heard.sound, Sentences()
            self._heard.sound = sound
            self._file, self._written = file, 0

    def pause(self) -> None:
        """End the recording; what was recorded stays."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def close(self) -> None:
        """Let go of the port."""
        self._stop.set()
        self._thread.join()
        self._line.close()
        self.pause()


def _reason(problem: Exception) -> str:
    """What the system says, without what the library says around it."""
    cause = problem.__cause__ or problem.__context__ or problem
    return str(getattr(cause, "strerror", None) or cause).rstrip(".")
