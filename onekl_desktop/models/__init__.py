"""Arithmetic only: arrays and numbers in, arrays and numbers out; no file, no database, no Qt."""
