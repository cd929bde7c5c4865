"""`python -m retake`: the command line."""

from __future__ import annotations

from retake.cli import main

if __name__ == "__main__":
    main()
