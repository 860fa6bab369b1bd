"""The page around the report of a bundle: it stands alone, runs nothing, loads nothing, and prints.

Its colours are those of the reader's system, so that it is dark where they like it and black on white on paper. The
policy in its head holds also where a text on it should ever get past the escaping: no script, no image, no address.
"""

from __future__ import annotations

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
STYLE = (
    """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid; padding-bottom: .2rem; }
p, dd, td, li { overflow-wrap: anywhere; }
.kind { text-transform: uppercase; letter-spacing: .08em; font-size: .8rem; margin: 0; }
.note { border-left: 3px solid; padding-left: .8rem; }
.quiet, figcaption, th { font-size: .87rem; opacity: .75; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 0; }
dt { font-weight: 600; } dd { margin: 0; }
.said { white-space: pre-wrap; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { min-width: 5.5rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem .25rem 0; border-bottom: 1px solid GrayText; }
figure { margin: 1rem 0; } svg { width: 100%; height: auto; font-size: 12px; }
svg text { fill: CanvasText; } svg line { stroke: CanvasText; }
svg rect { fill: CanvasText; fill-opacity: .3; } svg .discarded, svg .selected { fill-opacity: .8; }
.tree { list-style: none; padding: 0; font-size: .9rem; }
.tree li { padding: .1rem 0; } .answer { font-weight: 600; } .gone { opacity: .8; }
"""
    + "".join(f".d{depth} {{ margin-left: {depth * 1.1:.1f}rem; }}\n" for depth in range(1, 13))
    + """
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } table { display: block; overflow-x: auto; } }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } section { break-inside: auto; }
  h2 { break-after: avoid; } tr, figure, li { break-inside: avoid; } }
"""
)
DEEPEST = 12


def frame(body: str, *, title: str, language: str) -> str:
    """Return a whole page. `body` is HTML that is safe already; `title` is escaped by the caller."""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
