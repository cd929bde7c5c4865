"""`python -m presenter OUT_DIR`: the recording, its truth, its template, rows and logos."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from presenter.performance import Performance
from presenter.template import write_example


def main() -> None:
    parser = argparse.ArgumentParser(prog="presenter", description=__doc__)
    parser.add_argument("folder", type=Path, help="where everything is written")
    parser.add_argument("--kind", choices=("phone", "screen"), default="phone", help="what it is filmed with")
    parser.add_argument("--height", type=int, default=720, help="rows of the frame; it is 16:9")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long; as long as the lines take")
    parser.add_argument("--threads", type=int, default=1, help="of the encoder")
    options = parser.parse_args()
    size = (round(options.height * 16 / 18) * 2, options.height)
    performance = Performance(size=size, seconds=options.seconds)
    truth = write_example(options.folder, performance, options.kind, threads=options.threads)
    sys.stdout.write(f"{options.folder}: {len(truth.frames)} frames, {truth.duration:.2f} s\n")


if __name__ == "__main__":
    main()
