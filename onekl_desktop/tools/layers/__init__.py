"""Layers: what people bring comes in, is explained, styled and removed."""
