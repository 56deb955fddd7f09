"""How long the catalogue takes to load: python -m bench.catalogue [--files 1500] [--write].

Multiplies the bundled files, under ids and addresses of their own, and loads them as an operator's folder would be.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from crawlers.catalogue import BUNDLED, load

FIGURES = Path(__file__).resolve().parent.parent / "docs" / "figures" / "catalogue.md"
LIMIT = 0.5  # seconds for 1,500 files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="write the table to docs/figures/catalogue.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        size = multiply(Path(folder), options.files)
        rounds = [timed(Path(folder), options.files) for _ in range(options.rounds)]
    table = report(options, size, rounds)
    sys.stdout.write(table)
    if options.write:
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        FIGURES.write_text(
            f"# How long the catalogue takes to load\n\n`python -m bench.catalogue --write`\n\n{table}", "utf-8"
        )


def multiply(folder: Path, files: int) -> int:
    """Write so many sites; returns their bytes."""
    originals = sorted(BUNDLED.rglob("*.toml"))
    size = 0
    for number in range(files):
        original = originals[number % len(originals)]
        stem = f"{original.stem}_{number}"
        text = original.read_text("utf-8").replace(f'id = "{original.stem}"', f'id = "{stem}"', 1)
        text = text.replace("://", f"://n{number}.")  # no address twice, so that nothing is remembered from another
        place = folder / original.parent.relative_to(BUNDLED)
        place.mkdir(parents=True, exist_ok=True)
        size += (place / f"{stem}.toml").write_bytes(text.encode())
    return size


def timed(folder: Path, files: int) -> tuple[float, float]:
    """Seconds by the clock, and of CPU."""
    clock, cpu = time.perf_counter(), time.process_time()
    catalogue = load(folder, bundled=False)
    spent = time.perf_counter() - clock, time.process_time() - cpu
    assert len(catalogue.sites) == files
    return spent


def report(options: argparse.Namespace, size: int, rounds: list[tuple[float, float]]) -> str:
    middle = statistics.median(clock for clock, _ in rounds)
    cpu = statistics.median(cpu for _, cpu in rounds)
    rows = [
        ("files", f"{options.files:,}"),
        ("bytes", f"{size:,}"),
        ("first load, s", f"{rounds[0][0]:.3f}"),
        (f"median of {len(rounds)} loads, s", f"{middle:.3f}"),
        ("of CPU, s", f"{cpu:.3f}"),
        (f"limit for 1,500 files, {LIMIT} s", "kept" if middle / options.files * 1500 < LIMIT else "MISSED"),
    ]
    return "| | |\n|---|---|\n" + "".join(f"| {name} | {value} |\n" for name, value in rows)


if __name__ == "__main__":
    main()
