"""Compile the message catalogues: every models/locale/*/LC_MESSAGES/zi.po into its zi.mo.

The .mo files are committed, because an installed package has only those; `--check` says which are out of date.
"""

import argparse
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).parent.parent
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # or each compilation would differ from the last by its time
SOURCES = "models/locale/*/LC_MESSAGES/zi.po"


def compiled(source: Path) -> bytes:
    """What the .mo of this .po must be. Raises PoFileError for a file that can't be read."""
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=source.parent.parent.name, abort_invalid=True)
    catalogue.creation_date = catalogue.revision_date = NO_DATE
    target = BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a .mo is out of date")
    only_check: bool = parser.parse_args().check

    failed = False
    for source in sorted(ROOT.glob(SOURCES)):
        target = source.with_suffix(".mo")
        try:
            wanted = compiled(source)
        except PoFileError as error:
            print(f"{source.relative_to(ROOT)}: {error}", file=sys.stderr)
            failed = True
            continue
        if target.exists() and target.read_bytes() == wanted:
            continue
        if only_check:
            print(f"{target.relative_to(ROOT)} is out of date: run `make catalogues`", file=sys.stderr)
            failed = True
        else:
            target.write_bytes(wanted)
            print(f"wrote {target.relative_to(ROOT)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
