"""Text to sprites: choose fonts, shape, break lines, rasterise, animate.

    text -> markup -> bidi -> shape -> breaks -> layout -> raster -> painter

`TextPainter` is that chain for a text clip; captions use the same layout and rasters. `inspect` finds what
would go wrong before anything is drawn.
"""

from __future__ import annotations

from retake.render.text.fonts import FontBook
from retake.render.text.painter import TextPainter

__all__ = ["FontBook", "TextPainter"]
