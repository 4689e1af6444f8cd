"""Build a sample landscape from the start page, with progress and cancel."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QProgressDialog, QWidget

from onekl_desktop.app.crash import CrashPage
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine.jobs import CANCELLED, FAILED, Job
from onekl_desktop.engine.registry import Registry
from onekl_desktop.engine.samples import list_samples
from onekl_desktop.project.folders import data_folder
from onekl_desktop.tools.scenarios.sample import build_sample_project


def sample_path(sample: str) -> Path:
    """Where a sample is kept in the user's folder."""
    return data_folder() / "samples" / f"{sample}.gpkg"


def is_sample(path: Path) -> bool:
    """Whether a project is a sample in the user's folder, which can be made anew."""
    return path.stem in list_samples() and path == sample_path(path.stem)


def remove_sample(sample: str) -> None:
    """Remove a sample with its folder of files; it must be closed."""
    path = sample_path(sample)
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    shutil.rmtree(path.with_name(f"{path.stem}_files"), ignore_errors=True)


def build_sample(parent: QWidget, registry: Registry, sample: str) -> Path | None:
    """A sample project in the user's folder, made now when it is not there; None when it was cancelled or failed."""
    target = sample_path(sample)
    if target.exists():
        return target
    job = Job(
        _("Building the sample landscape"),
        lambda progress: build_sample_project(target, registry=registry, progress=progress, sample=sample),
    )
    show_until_done(parent, job)
    if job.state == FAILED:
        CrashPage(job.crash or str(job.error), parent).exec()
        return None
    return None if job.state == CANCELLED else target


def show_until_done(parent: QWidget, job: Job) -> None:
    """A modal progress while a job runs on a thread of its own."""
    dialog = QProgressDialog(job.title, _("Cancel"), 0, 100, parent)
    dialog.setWindowTitle(job.title)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setMinimumDuration(0)
    dialog.setMinimumWidth(420)
    dialog.setAutoClose(False)
    dialog.setAutoReset(False)
    dialog.canceled.connect(job.progress.cancel)
    thread = threading.Thread(target=job.run, name="sample", daemon=True)
    timer = QTimer(dialog)

    def poll() -> None:
        seen: Progress = job.progress
        now = seen.read()
        dialog.setLabelText(now.text or job.title)
        dialog.setValue(round((now.fraction or 0) * 100))
        if job.finished:
            timer.stop()
            dialog.accept()

    timer.timeout.connect(poll)
    timer.start(60)
    thread.start()
    dialog.exec()
    if not job.finished:
        job.progress.cancel()
    thread.join()
