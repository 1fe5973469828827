"""The command line: every way into the product starts here."""
