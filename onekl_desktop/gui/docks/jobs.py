"""The job list: what runs, how far it is, and a way to stop it; ended jobs say how they ended."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.engine.jobs import CANCELLED, DONE, FAILED, RUNNING, Job, Jobs
from onekl_desktop.gui.kit import EmptyState, column, frame, label, row, tool_button
from onekl_desktop.gui.theme import XS, M, S

MOST = 12


class JobRow(QWidget):
    """One job."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job
        self.title, self.state = label(job.title, "heading"), label("", "small", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(job.title)
        self.stop = tool_button("close", _("Cancel {job}").format(job=job.title), job.progress.cancel, size=16)
        self.setLayout(column(row(self.title, None, self.stop), self.bar, self.state, spacing=XS))
        self.refresh()

    def refresh(self) -> None:
        """Show the present state."""
        seen = self.job.progress.read()
        self.stop.setVisible(not self.job.finished)
        self.bar.setVisible(not self.job.finished)
        if seen.fraction is None:
            self.bar.setRange(0, 0 if self.job.state == RUNNING else 100)
        else:
            self.bar.setRange(0, 100)
            self.bar.setValue(round(seen.fraction * 100))
        words = {
            DONE: _("Done in {seconds} s").format(seconds=format_number(seen.elapsed_s, 1)), CANCELLED: _("Cancelled"),
            FAILED: str(self.job.error) if self.job.error else _("Failed"),
        }.get(self.job.state, seen.text or _("Waiting"))  # fmt: skip
        if self.state.text() != words:
            self.state.setText(words)


class JobList(QWidget):
    """All jobs of the session, newest first."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._rows: dict[int, JobRow] = {}
        self._empty = EmptyState(_("Nothing is running"), _("Imports and computations show here how far they are."))
        self._box = column(self._empty, spacing=S)
        self.setLayout(column(self._box, None, margins=M))

    def refresh(self) -> None:
        """Called by the heartbeat."""
        jobs = self._jobs.list()[-MOST:]
        self._empty.setVisible(not jobs)
        for job in jobs:
            if id(job) not in self._rows:
                made = JobRow(job)
                self._rows[id(job)] = made
                self._box.insertWidget(0, made)
                self._box.insertWidget(1, frame("line"))
        for shown in self._rows.values():
            if not (shown.job.finished and not shown.stop.isVisible() and shown.state.text()):
                shown.refresh()
