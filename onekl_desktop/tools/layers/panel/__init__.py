"""The panel of the layers tool."""

from onekl_desktop.tools.layers.panel.layers import LayersPanel

__all__ = ["LayersPanel"]
