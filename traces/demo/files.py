"""The files that the demo's agent works on, and its tools."""

from __future__ import annotations

from pathlib import Path

from traces.demo.calculator import evaluate

FILES = {
    "notes.md": (
        "# Expenses\n\n"
        "The figures of a month are in expenses_march, expenses_april and so on, one line a receipt.\n"
        "A receipt that was handed in twice has the same number twice; count it once.\n"
        "Reports go to reports/, in plain text.\n"
    ),
    "expenses-march.csv": (
        "receipt,team,kind,amount\n"
        "1041,north,travel,182.40\n"
        "1042,south,travel,96.00\n"
        "1043,north,books,61.15\n"
        "1044,north,travel,48.75\n"
        "1044,north,travel,48.75\n"
        "1045,west,travel,210.10\n"
        "1046,north,travel,17.60\n"
    ),
    "expenses-april.csv": "receipt,team,kind,amount\n1047,north,travel,75.00\n",
    "archive/summary.txt": "Travel of last year: north 2210.00, south 1874.30, west 990.05\n",
}


class Files:
    """Tools over one directory. Paths are relative to it; anything outside is refused."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def fill(self) -> None:
        """Put the files there."""
        for name, text in FILES.items():
            self.write_file(name, text)

    def list_files(self) -> list[str]:
        """Return the paths of all files, sorted."""
        found = (path for path in self._root.rglob("*") if path.is_file())
        return sorted(str(path.relative_to(self._root)) for path in found)

    def read_file(self, path: str) -> str:
        """Return the text of a file. Raises OSError when there is none."""
        return self._at(path).read_text()

    def search(self, words: str) -> list[str]:
        """Return `path: line` for each line that holds the words."""
        return [
            f"{path}: {line}"
            for path in self.list_files()
            for line in self.read_file(path).splitlines()
            if words in line
        ]

    def write_file(self, path: str, text: str) -> int:
        """Write a file; return its size in bytes."""
        target = self._at(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target.stat().st_size

    def calculator(self, expression: str) -> str:
        """Return the exact value of an expression of integers."""
        return str(evaluate(expression)[0])

    def _at(self, path: str) -> Path:
        target = (self._root / path).resolve()
        if not target.is_relative_to(self._root):
            raise PermissionError(f"outside the directory: {path}")
        return target
