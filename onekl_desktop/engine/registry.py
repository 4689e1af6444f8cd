"""Finds the tools: folders of `onekl_desktop.tools`, installed plug-in folders, and the entry-point group.

Specs are light and read at start; operations, panels and pages are imported by dotted name when first used.
This is the only module that imports by dotted name.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
import sys
import threading
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import onekl_desktop
from onekl_desktop.base.errors import Problem, UserError, make_problem
from onekl_desktop.base.specs import ModelSpec, Operation, PageSpec, SettingSpec, Tool
from onekl_desktop.base.translate import get_language
from onekl_desktop.engine.settings import APPLICATION_SETTINGS, PROJECT_SETTINGS
from onekl_desktop.project.folders import data_folder
from onekl_desktop.project.migrate import Branch

ENTRY_POINTS = "onekl_desktop.tools"
PLUGIN_PACKAGE = "onekl_plugins"


@dataclass(frozen=True)
class ToolEntry:
    """A tool that was found: what it declares, and the package its parts are imported from."""

    spec: Tool
    package: str
    folder: Path
    builtin: bool = True

    def load(self, dotted: str) -> Any:
        """Import `module:attribute` of the tool's package."""
        module, _colon, attribute = dotted.partition(":")
        loaded = importlib.import_module(f"{self.package}.{module}")
        return getattr(loaded, attribute) if attribute else loaded

    def has(self, module: str) -> bool:
        """Whether the tool has a module or package of that name."""
        return (self.folder / f"{module}.py").exists() or (self.folder / module / "__init__.py").exists()

    def models(self) -> list[ModelSpec]:
        """The specs of the models that the tool runs."""
        return [load_dotted(name) for name in self.spec.models]

    def help_text(self) -> str:
        """The tool's help page (Markdown)."""
        for name in (f"help.{get_language()}.md", "help.md"):
            path = self.folder / name
            if path.exists():
                return path.read_text(encoding="utf-8")
        return ""


@dataclass
class Registry:
    """All tools in their order, and what could not be loaded."""

    entries: list[ToolEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def get_tool(self, id: str) -> ToolEntry:
        """The tool of that id; KeyError when there is none."""
        for entry in self.entries:
            if entry.spec.id == id:
                return entry
        raise KeyError(id)

    def get_operation(self, name: str) -> tuple[ToolEntry, Operation]:
        """Tool and operation of `tool.operation`.

        Raises
        ------
        UserError
            `operation.unknown`.
        """
        tool, _dot, operation = name.partition(".")
        try:
            entry = self.get_tool(tool)
            return entry, entry.spec.get_operation(operation)
        except KeyError:
            raise UserError("operation.unknown", operation=name) from None

    def list_pages(self) -> list[tuple[ToolEntry, PageSpec]]:
        """All reports."""
        return [(entry, page) for entry in self.entries for page in entry.spec.pages]

    def list_settings(self) -> list[SettingSpec]:
        """The application's, the project's and the tools' settings."""
        own = [*APPLICATION_SETTINGS, *PROJECT_SETTINGS]
        return own + [setting for entry in self.entries for setting in entry.spec.settings]

    def branches(self) -> list[Branch]:
        """Migration branches of the tools that have tables of their own; their records are made known."""
        found = []
        for entry in self.entries:
            if entry.has("records"):
                entry.load("records")
            if (entry.folder / "migrations").is_dir():
                found.append(Branch(entry.spec.id, entry.folder / "migrations"))
        return found


def load_dotted(name: str) -> Any:
    """Import `package.module:attribute`."""
    module, _colon, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def plugins_folder() -> Path:
    """Where plug-ins installed from a file live."""
    return data_folder() / "plugins"


def load_ahead(*names: str) -> threading.Thread:
    """Import modules on a thread, while this one waits for the disk or for the person."""

    def load() -> None:
        for name in names:
            importlib.import_module(name)

    thread = threading.Thread(target=load, name="load-ahead", daemon=True)
    thread.start()
    return thread


def discover() -> Registry:
    """Find every tool. A plug-in that fails is a problem to show, never a reason not to start."""
    registry = Registry()
    built_in = Path(onekl_desktop.__path__[0]) / "tools"
    for info in pkgutil.iter_modules([str(built_in)]):
        registry.entries.append(_read_tool(f"onekl_desktop.tools.{info.name}", built_in / info.name, builtin=True))
    candidates: list[tuple[str, str, Path | None]] = []
    folder = plugins_folder()
    if folder.is_dir():
        _mount(folder)
        candidates += [
            (path.name, f"{PLUGIN_PACKAGE}.{path.name}", path)
            for path in sorted(folder.iterdir())
            if (path / "spec.py").exists()
        ]
    candidates += [(point.name, point.value, None) for point in importlib.metadata.entry_points(group=ENTRY_POINTS)]
    for name, package, path in candidates:
        try:
            entry = _read_tool(package, path, builtin=False)
            if any(entry.spec.id == known.spec.id for known in registry.entries):
                raise ValueError(f"a tool named {entry.spec.id} is there already")
            registry.entries.append(entry)
        except Exception as problem:  # noqa: BLE001 - a stranger's code
            registry.problems.append(make_problem("plugin.failed", tool=name, reason=problem))
    registry.entries.sort(key=lambda entry: (entry.spec.order, entry.spec.id))
    return registry


def _mount(folder: Path) -> None:
    """Make `onekl_plugins.<tool>` importable from the plug-ins folder."""
    module = sys.modules.get(PLUGIN_PACKAGE)
    if module is None:
        module = types.ModuleType(PLUGIN_PACKAGE)
        sys.modules[PLUGIN_PACKAGE] = module
    if list(getattr(module, "__path__", [])) != [str(folder)]:
        module.__path__ = [str(folder)]
        for name in [name for name in sys.modules if name.startswith(PLUGIN_PACKAGE + ".")]:
            del sys.modules[name]
    importlib.invalidate_caches()


def _read_tool(package: str, folder: Path | None, *, builtin: bool) -> ToolEntry:
    spec = importlib.import_module(f"{package}.spec").TOOL
    if not isinstance(spec, Tool):
        raise TypeError(f"{package}.spec.TOOL is not a Tool")
    if folder is None:
        file = importlib.import_module(package).__file__
        folder = Path(file).parent if file else Path()
    return ToolEntry(spec, package, folder, builtin)
