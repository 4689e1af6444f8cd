"""The panel of the scenarios tool; the only part of it that sees Qt."""

from onekl_desktop.tools.scenarios.panel.scenario import ScenariosPanel

__all__ = ["ScenariosPanel"]
