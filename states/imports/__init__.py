"""Importing CSV files: all rows or none, every fault named; a dry run does the whole work and keeps nothing."""

from states.imports.batch import Change, Report
from states.imports.run import IMPORTERS, KINDS, import_file, load_row, write_row

__all__ = ["IMPORTERS", "KINDS", "Change", "Report", "import_file", "load_row", "write_row"]
