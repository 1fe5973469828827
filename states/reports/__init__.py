"""The monev report of an agency: read once, told in words, drawn as PDF and as a workbook."""
