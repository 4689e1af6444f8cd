"""The journey on a sample landscape: its recipe, step by step through the same door as a person's clicks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.ids import slug
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.registry import Registry
from onekl_desktop.engine.samples import SAMPLE, read_recipe
from onekl_desktop.project.lock import FileLock, lock_path
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.write import list_subjects, write_report
from onekl_desktop.tools.scenarios.sample import build_sample_project

EDITED = (
    "proposal",
    "engagement_strategy",
    "landscape_profile",
    "vision",
    "partnership_agreement",
    "action_plan",
)  # offices edit these: as Word documents, too


@dataclass
class Made:
    """What the demo wrote."""

    project: Path
    pages: list[Path] = field(default_factory=list)
    bundle: Path | None = None


def run_demo(folder: Path, *, registry: Registry, progress: Progress, sample: str = SAMPLE) -> Made:
    """Build the sample project, compute it, print its pages and write the bundle for the commons.

    The project of an earlier demo in the same folder is replaced; other files there are never touched.

    Raises
    ------
    UserError
        `demo.folder_used` when the project's name is taken by something else, or a problem of the medium.
    """
    recipe = read_recipe(sample)
    target = folder / recipe.file
    marker = folder / ".onekl-demo"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists():
            if not marker.exists():
                raise UserError("demo.folder_used", file=folder)
            remove_earlier(target)
        marker.touch()
    except OSError as problem:
        raise explain_os_error(problem, folder) from None
    build_sample_project(target, registry=registry, progress=progress.part(0.0, 0.7), sample=sample)
    made = Made(target)
    bundle = folder / f"{target.stem}.bundle.zip"
    with Session(target, registry=registry) as session:
        with session.read() as db:
            plan = get_landscape(db).plan
        if plan:  # decided: locked, with its actions and targets
            perform(session, "scenarios.adopt", scenario=plan)
        bundle.unlink(missing_ok=True)
        perform(session, "commons.make_bundle", progress=progress.part(0.7, 0.75), out=str(bundle), licence="CC0-1.0")
        made.bundle = bundle
    with Session(target, registry=registry, read_only=True) as session:
        jobs = [("summary", "", "html"), ("scenarios", "", "docx"), ("scenarios", "", "xlsx")]
        for _entry, page in registry.list_pages():
            for subject in list_subjects(session, page):
                jobs.append((page.id, subject, "pptx" if page.slides else "pdf"))
                if page.id in EDITED:
                    jobs.append((page.id, subject, "docx"))
        for number, (name, subject, suffix) in enumerate(jobs):
            file = "_".join([*([slug(subject)] if subject else []), name]) + f".{suffix}"
            progress.report(0.75 + 0.25 * number / len(jobs), _("Writing {file}").format(file=file))
            made.pages.append(write_report(session, name, folder / file, subject=subject))
    progress.report(1.0, _("Done"))
    return made


def remove_earlier(target: Path) -> None:
    """Remove the project of an earlier demo; refused while it is open."""
    lock = FileLock(lock_path(target))
    lock.take()
    try:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
    finally:
        lock.release()
