"""Pixels: (film, frame number) -> picture."""
