"""Importing CSV files: all rows or none, every fault named; a dry run does the whole work and keeps nothing."""

from states.imports.batch import Change, Report
from states.imports.run import KINDS, import_file

__all__ = ["KINDS", "Change", "Report", "import_file"]
