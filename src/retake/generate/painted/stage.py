"""The stage, which every builder of a scene is given: planes, colours, chance, and where things go.

Lengths are pixels. `unit` is the measure of all things drawn: the picture's shorter side, held back in very
wide or tall pictures. The middle of the interest lies above the captions, the ground below stays calm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retake.generate.painted import noise
from retake.generate.painted.colour import Rgb, from_hex, mix, ramp, scale
from retake.generate.painted.noise import Field
from retake.generate.painted.palette import ColourScript
from retake.generate.painted.plane import Patch, Plane, enlarged
from retake.generate.painted.prompt import Scene

_LEAVES = {
    "dawn": ("8fae66", 0.4),
    "day": ("6cbf4a", 0.62),
    "golden": ("d39a3a", 0.4),
    "dusk": ("4f6a58", 0.22),
    "night": ("1f4a44", 0.2),
}
SOFT = 3  # soft things (sky, clouds, fog) are painted this many times smaller and enlarged


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to stand: feet at (x, y), where a grown person is `size` tall."""

    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Places:
    """Where a builder leaves room: for a person, for a small thing, for something large and far. A person
    `behind` stands on the far side of what is on the middle plane (a table)."""

    person: Spot
    pedestal: Spot
    landmark: Spot
    behind: bool = False


class Stage:
    """Three planes of one picture, far to near, and all that is needed to paint on them."""

    def __init__(self, width: int, height: int, scene: Scene, script: ColourScript) -> None:
        self.width, self.height = width, height
        self.scene, self.script = scene, script
        self.rng = np.random.default_rng(scene.seed)
        self.unit = float(min(width, height, 0.75 * max(width, height)))
        self.far = Plane(width, height, opaque=True)
        self.mid = Plane(width, height, opaque=False)
        self.near = Plane(width, height, opaque=False)
        tall = height / width
        level = 0.48 if tall > 1.4 else 0.55 if tall > 0.9 else 0.6
        self.horizon = height * (level + {"low": 0.05, "high": -0.11}.get(scene.angle, 0.0))
        self.side = 1 if self.rng.random() < 0.5 else -1
        self.light_x = width * (0.5 + self.side * float(self.rng.uniform(0.1, 0.24)))
        high = {"dawn": 0.12, "day": 0.72, "golden": 0.14, "dusk": 0.05, "night": 0.62}[scene.time]
        self.light_y = self.horizon * (1 - high - float(self.rng.uniform(-0.03, 0.06)))

    @property
    def night(self) -> bool:
        return self.scene.time == "night"

    @property
    def snowy(self) -> bool:
        return self.scene.weather == "snow"

    @property
    def clear(self) -> bool:
        return self.scene.weather in ("", "cloud", "snow")

    def land(self, depth: float) -> Rgb:
        """The colour of land at a depth: 0 is dissolved in the air, 1 is in front of the viewer."""
        script = self.script
        if depth < 0.5:
            return mix(mix(script.haze, script.far, 0.35), script.far, depth * 2)
        return mix(script.far, script.near, (depth - 0.5) * 2)

    def leaf(self, depth: float) -> Rgb:
        """The colour of leaves and grass at a depth: green by day, gold in the late light."""
        hue, share = _LEAVES[self.scene.time]
        if self.script.branded:
            share = 0.0
        return mix(
            self.land(depth),
            scale(from_hex(hue), 1.15 - 0.62 * depth),
            share * (0.45 + 0.55 * min(1.0, depth * 2)),
        )

    def tint(self, otherwise: Rgb) -> Rgb:
        """The colour that the prompt names for its glowing things."""
        return from_hex(self.scene.tint) if self.scene.tint else otherwise

    def rows(self, colours: list[Rgb], top: float, bottom: float) -> Rgb:
        """A colour for each row of the picture (height, 3), running from `top` to `bottom`."""
        first = int(np.clip(top, 0, self.height - 1))
        last = int(np.clip(bottom, first + 1, self.height))
        middle = ramp(colours, last - first)
        return np.concatenate(
            [np.repeat(middle[:1], first, 0), middle, np.repeat(middle[-1:], self.height - last, 0)]
        )

    def line(self, cells: float, roughness: float = 0.5, octaves: int = 6) -> Field:
        """A rolling line, one value for each column, about within [-1, 1]."""
        cells *= max(1.0, self.width / self.unit)
        return noise.ridge(self.rng, self.width, cells, octaves, roughness)

    def clouded(self, height: int, width: int, cells: tuple[float, float], octaves: int = 5) -> Field:
        return noise.clouded(self.rng, max(1, height), max(1, width), cells, octaves)

    def pick(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def far_light(self, x: float, y: float, radius: float, colour: Rgb, strength: float) -> None:
        """A glow on the far plane."""
        halo = self.far.halo(x, y, radius)
        if halo is not None:
            self.far.light(halo, colour, strength)

    def mist(
        self, plane: Plane, top: float, bottom: float, colour: Rgb, strength: float, cells: float = 3
    ) -> None:
        """A bank of mist across a plane, thickest in its middle and uneven."""
        first, last = int(np.clip(top, 0, self.height - 1)), int(np.clip(bottom, 1, self.height))
        if last - first < 2:
            return
        rows, columns = max(2, (last - first) // 6), max(2, self.width // 6)
        uneven = 0.75 + 0.45 * self.clouded(rows, columns, (2, cells), 3)
        body = np.sin(np.linspace(0, np.pi, rows, dtype=np.float32))[:, None] * np.clip(uneven, 0, 1.2)
        plane.fill(Patch(enlarged(body * np.float32(strength), last - first, self.width), 0, first), colour)
