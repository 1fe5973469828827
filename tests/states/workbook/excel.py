"""Workbooks as Excel itself writes them: texts shared by number in a part of their own, and worked-out formulas."""

import re
import zipfile
from pathlib import Path

INLINE = re.compile(
    rb'<c (r="[A-Z]+[0-9]+"(?: s="[0-9]+")?) t="inlineStr"><is>(<t[^>]*>.*?</t>|<t ?/>)</is></c>', re.DOTALL
)
RELATIONS = "xl/_rels/workbook.xml.rels"
SHARED = (
    b'<Relationship Id="rIdShared" Target="sharedStrings.xml" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
)


def as_excel(path: Path) -> Path:
    """The same workbook with shared texts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts: list[bytes] = []

    def shared(found: re.Match[bytes]) -> bytes:
        if found[2] not in texts:
            texts.append(found[2])
        return b'<c %s t="s"><v>%d</v></c>' % (found[1], texts.index(found[2]))

    for name in [name for name in parts if name.startswith("xl/worksheets/")]:
        parts[name] = INLINE.sub(shared, parts[name])
    items = b"".join(b"<si>" + text + b"</si>" for text in texts)
    head = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    parts["xl/sharedStrings.xml"] = head + items + b"</sst>"
    parts[RELATIONS] = parts[RELATIONS].replace(b"</Relationships>", SHARED)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
