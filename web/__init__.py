"""Markup, styles and scripts. Others take the two folders from here and nothing else."""

from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
