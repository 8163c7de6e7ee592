"""Pages with explorers as the book has them, made without building a book."""

from __future__ import annotations

import csv
import html
import shutil
from collections.abc import Iterable
from pathlib import Path

from synth.book.assets import classic_script, compact_style
from synth.reading.records import Records
from synth.views.explorer import Explorer, evidence_scripts
from synth.views.markup import Place, drawn_in

STATIC = Path(__file__).parents[1] / "src" / "synth" / "static"
LINKS = {"study": "book/studies.html#study-", "finding": "book/studies.html#finding-"}
# What a careful server sends: no inline script, no eval, nothing from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data:"
)


def write_page(
    folder: Path,
    explorers: Iterable[Explorer],
    name: str = "explorer",
    policy: str = "",
    published: str = "",
    changes: str = "",
) -> Path:
    """Write a page with some explorers of one review, and what they need, below a folder."""
    explorers = tuple(explorers)
    static = folder / "_static" / "synth"
    static.mkdir(parents=True, exist_ok=True)
    for script in ("loader", "explorer", "explorer-more"):
        code = (STATIC / f"{script}.js").read_text("utf-8")
        (static / f"{script}.js").write_text(classic_script(code, script), "utf-8")
    for style in ("synth.css", "explorer.css"):
        sheet = compact_style((STATIC / style).read_text("utf-8"))
        (static / style).write_text(sheet, "utf-8")
    shutil.copy(STATIC / "mode.js", static)
    shutil.copytree(STATIC / "fonts", static / "fonts", dirs_exist_ok=True)
    records = explorers[0]._records
    files = evidence_scripts(records, LINKS, published, "changes.js" if changes else "")
    for file, script in files.items():
        (static / file).write_text(script, "utf-8")
    evidence = next(iter(files))
    if changes:
        (static / "changes.js").write_text(changes, "utf-8")
    here = Place(
        lambda kind, name: f"synth:{kind}:{name}",
        lambda name, plain: plain,
        lambda name: evidence if name == "evidence" else "",
    )
    with drawn_in(here):
        body = "\n".join(str(explorer.html) for explorer in explorers)
    told = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else ""
    page = folder / "book" / f"{name}.html"
    page.parent.mkdir(exist_ok=True)
    page.write_text(
        f"""<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">{told}
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title>
<script src="../_static/synth/mode.js"></script>
<link rel="stylesheet" href="../_static/synth/synth.css">
<link rel="stylesheet" href="../_static/synth/explorer.css">
<script defer data-modules="explorer" src="../_static/synth/loader.js"></script></head>
<body><main class="bd-article"><h1>{html.escape(name)}</h1>{body}</main></body></html>""",
        "utf-8",
    )
    return page


def change_findings(root: Path, **columns: Iterable[str]) -> None:
    """Write other values into columns of a copied review's findings, row by row from the first."""
    path = root / "data" / "coded_studies.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=False):
            row[name] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def many(records: Records, count: int) -> Records:
    """The same review with many findings: those it has, again and again under new names."""
    from dataclasses import replace

    known = list(records.findings.values())
    findings = {}
    for number in range(count):
        finding = known[number % len(known)]
        name = f"{finding.study}-x{number}"
        findings[name] = replace(finding, id=name, summary=f"{finding.summary} ({number})")
    return replace(records, findings=findings)
