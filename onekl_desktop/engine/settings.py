"""Application settings (user's folder) and project settings (rows in the file): typed catalogues with defaults."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.specs import Choice, FilePath, Flag, Integer, Number, Option, SettingSpec, Text
from onekl_desktop.base.translate import LANGUAGES, N_, set_glossary, set_language
from onekl_desktop.project.folders import settings_folder

APPLICATION_SETTINGS = (
    SettingSpec(input=Choice(
        id="language", title=N_("Language"), about=N_("Language of the window, of messages and of reports."),
        default="en", options=tuple(Option(id=code, title=name) for code, name in LANGUAGES.items()))),
    SettingSpec(input=Choice(
        id="theme", title=N_("Colours"), about=N_("Light, dark, or as the system has it."), default="system",
        options=(Option(id="system", title=N_("As the system")), Option(id="light", title=N_("Light")), Option(id="dark", title=N_("Dark"))))),
    SettingSpec(input=FilePath(
        id="glossary", title=N_("Your office's own words"), required=False, default="", suffixes=(".csv",),
        about=N_("A copy of glossary.csv with the words that your office uses; they take the place of the usual ones everywhere."))),
    SettingSpec(input=Text(
        id="author", title=N_("Your name"), about=N_("Written into the journal beside each change. Empty: your login name."),
        required=False, default="", max_length=80)),
    SettingSpec(input=Integer(
        id="autosave_minutes", title=N_("Write back every"), about=N_("How often a project on a stick or a network drive is written back."),
        unit="min", minimum=1, maximum=60, default=5)),
    SettingSpec(input=Flag(
        id="network", title=N_("Ask servers for base maps"), default=False,
        about=N_("Off, nothing is ever asked of the internet. On, base maps may be tiles of a server (XYZ, WMTS, WMS) that you name."))),
    SettingSpec(input=Flag(
        id="reopen_last", title=N_("Open the last project at start"), about=N_("Otherwise the start page is shown."), default=False)),
)  # fmt: skip

PROJECT_SETTINGS = (
    SettingSpec(scope="project", input=Number(
        id="area_tolerance", title=N_("Tell area differences above"),
        about=N_("A page names an intervention when its shape and its cells differ by more than this fraction."),
        unit="fraction", minimum=0, maximum=1, default=0.01)),
    SettingSpec(scope="project", input=Text(
        id="report_footer", title=N_("Footer of reports"), about=N_("Printed at the bottom of each page, for example the office."),
        required=False, default="", max_length=200)),
    SettingSpec(scope="project", input=Text(
        id="match_weights", title=N_("Weights of matching"), about=N_("What counts when sources of finance are held against a project, for example ticket=3, tenor=1; empty: the usual ones."),
        required=False, default="", max_length=200)),
)  # fmt: skip


def find_setting(catalogue: tuple[SettingSpec, ...], id: str) -> SettingSpec:
    """A setting by its id; it must exist."""
    for spec in catalogue:
        if spec.id == id:
            return spec
    raise UserError("setting.unknown", setting=id, known=", ".join(spec.id for spec in catalogue))


class Settings:
    """The application's settings: defaults, overlaid by a JSON file in the user's folder."""

    def __init__(self, catalogue: tuple[SettingSpec, ...] = APPLICATION_SETTINGS) -> None:
        self._catalogue = catalogue
        self._path = settings_folder() / "settings.json"
        self._values: dict[str, Any] = {}
        try:
            given = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            given = {}
        for key, value in given.items() if isinstance(given, dict) else []:
            try:
                self._values[key] = find_setting(catalogue, key).input.read(value)
            except UserError:
                continue  # an old or damaged value: the default serves

    def get(self, id: str) -> Any:
        """A setting's value or default."""
        return self._values.get(id, find_setting(self._catalogue, id).input.default)

    def set(self, id: str, value: Any) -> None:
        """Check, keep and store a value."""
        self._values[id] = find_setting(self._catalogue, id).input.read(value)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self._values, indent=2, ensure_ascii=False), encoding="utf-8")
        os.replace(part, self._path)


def use_language(settings: Settings) -> UserError | None:
    """Speak the chosen language with the office's own words.

    Returns
    -------
    What is wrong with the office's table of words, which is then left aside.
    """
    set_language(settings.get("language"))
    path = str(settings.get("glossary") or "")
    if not path:
        return None
    try:
        set_glossary(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as problem:
        return UserError("setting.glossary", file=path, reason=getattr(problem, "strerror", None) or problem)
    return None
