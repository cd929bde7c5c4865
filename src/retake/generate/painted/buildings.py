"""Buildings seen whole: cottages, a castle, a lighthouse, towers, skyscrapers."""

from __future__ import annotations

import numpy as np

from retake.generate.painted.colour import Rgb, mix, scale
from retake.generate.painted.plane import Outline, Patch, Plane
from retake.generate.painted.stage import Stage


def box(left: float, top: float, right: float, bottom: float) -> Outline:
    """The outline of an upright rectangle."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)


def window_glow(stage: Stage, plane: Plane, x: float, y: float, size: float, strength: float = 0.5) -> None:
    """Warm light that spills from a lit window."""
    halo = plane.halo(x, y, size)
    if halo is not None:
        plane.light(halo, stage.script.accent, strength)


def lamps_lit(stage: Stage) -> bool:
    """Whether people have their lights on."""
    return stage.scene.time in ("night", "dusk", "dawn") or not stage.clear


def cottage(
    stage: Stage, plane: Plane, x: float, foot: float, size: float, depth: float, *, steeple: bool = False
) -> None:
    """A gabled house seen from its corner, with lit windows in the dark hours; or a church."""
    script, rng, side = stage.script, stage.rng, stage.side
    wide, wall = size * stage.pick(0.62, 0.8), size * 0.5
    front = size * 0.5
    body = mix(stage.land(depth), script.light, stage.pick(0.14, 0.34) * (0.35 if stage.night else 1))
    roof = mix(
        stage.land(min(1.0, depth + 0.16)), script.accent, stage.pick(0.0, 0.22) * (0.4 if stage.night else 1)
    )
    if stage.snowy:
        roof = mix(script.haze, np.ones(3, np.float32), 0.35)
    foot += size * 0.12
    edge = x + side * (front - wide) * 0.5
    gable = edge + side * front * 0.5
    ridge = foot - wall - size * 0.42
    low_x, high_x = sorted((edge - side * wide, edge))
    plane.put(plane.polygon(box(low_x, foot - wall, high_x, foot)), scale(body, 0.74))
    face = np.array(
        [
            (edge, foot),
            (edge, foot - wall),
            (gable, ridge),
            (edge + side * front, foot - wall),
            (edge + side * front, foot),
        ]
    )
    plane.put(plane.polygon(face), mix(body, script.light, 0.18 if not stage.night else 0.03))
    eave = size * 0.06
    back = edge - side * wide
    slope = np.array(
        [
            (edge - side * 0, foot - wall + eave),
            (gable, ridge - eave),
            (back + side * front * 0.5 - side * eave, ridge - eave),
            (back - side * eave, foot - wall + eave),
        ]
    )
    patch = plane.put(plane.polygon(slope), roof)
    verge = np.array(
        [
            (gable, ridge - eave),
            (edge + side * (front + eave), foot - wall + eave * 1.4),
            (edge + side * front, foot - wall + eave * 1.8),
            (gable, ridge + eave * 0.6),
        ]
    )
    plane.put(plane.polygon(verge), scale(roof, 0.8))
    if patch is not None:
        plane.fill(patch.edge(0, -max(0.7, size * 0.012)), mix(roof, script.light, 0.6), 0.6)
    chimney_x = back + side * wide * 0.55
    if steeple:
        middle, half = gable, size * 0.17
        plane.put(
            plane.polygon(box(middle - half, foot - size * 1.55, middle + half, foot)),
            mix(body, script.light, 0.15),
        )
        plane.put(
            plane.polygon(box(middle - side * half, foot - size * 1.55, middle, foot)), scale(body, 0.72), 0.6
        ) if side < 0 else None
        spire = np.array(
            [
                (middle - half * 1.2, foot - size * 1.53),
                (middle, foot - size * 2.5),
                (middle + half * 1.2, foot - size * 1.53),
            ]
        )
        plane.put(plane.polygon(spire), roof)
    else:
        plane.put(
            plane.polygon(
                box(
                    chimney_x - size * 0.045, ridge - size * 0.2, chimney_x + size * 0.045, ridge + size * 0.1
                )
            ),
            scale(roof, 0.75),
        )
    pane = size * 0.075
    spots = [(back + side * wide * share, foot - wall * 0.5) for share in (0.24, 0.52, 0.8)]
    spots.append((gable, foot - wall * 1.05))
    spots.append((edge + side * front * 0.5, foot - wall * 0.42))
    for px, py in spots:
        lit = lamps_lit(stage) and rng.random() < 0.72
        colour = mix(script.accent, script.light, 0.25) if lit else scale(body, 0.5)
        plane.put(
            plane.polygon(box(px - pane * 0.62, py - pane, px + pane * 0.62, py + pane)),
            colour,
            1.0 if lit else 0.8,
        )
        if lit:
            window_glow(stage, plane, px, py, size * 0.4, 0.5)


def castle_shape(stage: Stage, plane: Plane, x: float, foot: float, size: float, colour: Rgb) -> None:
    """Towers of many heights with pointed roofs and crenellated walls."""
    rng, script = stage.rng, stage.script
    towers = [
        (-0.42, 0.34, 0.085),
        (0.4, 0.42, 0.08),
        (-0.24, 0.55, 0.1),
        (0.22, 0.66, 0.095),
        (0.03, 0.86, 0.12),
        (-0.1, 0.48, 0.15),
        (0.12, 0.44, 0.16),
    ]
    base = foot + size * 0.2
    outlines: list[Outline] = [box(x - size * 0.45, foot - size * 0.16, x + size * 0.43, base)]
    roofs: list[Outline] = []
    for notch in np.arange(-0.45, 0.42, 0.036):
        outlines.append(
            box(x + size * notch, foot - size * 0.19, x + size * (notch + 0.019), foot - size * 0.15)
        )
    for at, tall, wide in towers:
        middle, half, top = x + size * at, size * wide * 0.5, foot - size * tall * rng.uniform(0.92, 1.06)
        outlines.append(box(middle - half, top, middle + half, base))
        outlines.append(box(middle - half * 1.22, top - half * 0.3, middle + half * 1.22, top + half * 0.35))
        for step in (-1.22, -0.62, 0.0, 0.62):
            outlines.append(box(middle + half * step, top - half * 0.75, middle + half * (step + 0.4), top))
        if wide < 0.13:
            roofs.append(
                np.array(
                    [
                        (middle - half * 1.3, top - half * 0.25),
                        (middle, top - half * 4.2),
                        (middle + half * 1.3, top - half * 0.25),
                    ]
                )
            )
    patch = plane.put(
        plane.polygon(*outlines), stage.rows([colour, mix(colour, script.haze, 0.35)], foot - size, base)
    )
    roof = plane.put(plane.polygon(*roofs), scale(mix(colour, script.near, 0.3), 0.9))
    for shape in (patch, roof):
        if shape is not None:
            plane.fill(
                shape.edge(stage.side * size * 0.011, -size * 0.002),
                script.light,
                0.42 if stage.clear else 0.2,
            )
    for at, tall, wide in towers:
        for row in range(3):
            if rng.random() < 0.75:
                px, py = (
                    x + size * (at + rng.uniform(-0.2, 0.2) * wide),
                    foot - size * tall * (0.88 - 0.17 * row),
                )
                pane = size * 0.0085
                lit = lamps_lit(stage)
                plane.put(
                    plane.polygon(box(px - pane * 0.6, py - pane * 1.4, px + pane * 0.6, py + pane * 1.4)),
                    script.accent if lit else scale(colour, 0.5),
                )
                if lit:
                    window_glow(stage, plane, px, py, size * 0.05, 0.45)


def lit_windows(stage: Stage, width: int, height: int, cell: float, share: float) -> Outline:
    """A grid of windows (height, width) of which `share` are lit, in [0, 1]; some floors are dark."""
    columns, rows = max(1, round(width / cell)), max(1, round(height / (cell * 1.35)))
    lit = (stage.rng.random((rows, columns)) < share).astype(np.float32) * stage.rng.uniform(
        0.35, 1, (rows, columns)
    ).astype(np.float32)
    lit *= (stage.rng.random((rows, 1)) > 0.12).astype(np.float32)
    down = (np.arange(height) + 0.5) / height * rows
    across = (np.arange(width) + 0.5) / width * columns
    frame_y = ((down % 1 > 0.28) & (down % 1 < 0.8)).astype(np.float32)
    frame_x = ((across % 1 > 0.22) & (across % 1 < 0.8)).astype(np.float32)
    return (
        lit[np.minimum(down.astype(int), rows - 1)][:, np.minimum(across.astype(int), columns - 1)]
        * frame_y[:, None]
        * frame_x[None, :]
    )


def skyscraper(
    stage: Stage,
    plane: Plane,
    left: float,
    right: float,
    top: float,
    foot: float,
    colours: tuple[Rgb, Rgb],
    share: float,
) -> None:
    """A tower block with a stepped or slanted head, its windows lit. `colours` are of its head and foot."""
    rng, wide = stage.rng, right - left
    kind = int(rng.integers(0, 5))
    outlines = [box(left, top, right, foot)]
    if kind == 0:
        outlines.append(box(left + wide * 0.2, top - wide * 0.35, right - wide * 0.2, top + 2))
    if kind == 1:
        outlines.append(np.array([(left, top + 1), (left, top - wide * 0.4), (right, top + 1)]))
    if kind == 2:
        outlines.append(box(left + wide * 0.15, top - wide * 0.25, right - wide * 0.15, top + 2))
        outlines.append(box(left + wide * 0.3, top - wide * 0.55, right - wide * 0.3, top + 2))
        outlines.append(box(left + wide * 0.48, top - wide * 1.3, left + wide * 0.52, top))
    if kind == 3:
        outlines.append(box(left + wide * 0.7, top - wide * 0.7, left + wide * 0.735, top))
    patch = plane.put(plane.polygon(*outlines), stage.rows(list(colours), top, foot))
    if patch is None:
        return
    edge = max(0.8, stage.unit * 0.0022)
    plane.fill(patch.edge(stage.side * edge, 0), mix(colours[0], stage.script.light, 0.55), 0.5)
    low_x, high_x = int(max(0, left)), int(min(plane.width, right))
    low_y, high_y = int(max(0, top + wide * 0.08)), int(min(plane.height, foot))
    if high_x - low_x < 4 or high_y - low_y < 4:
        return
    cell = max(3.0, stage.unit * 0.0105, wide / 14)
    panes = lit_windows(stage, high_x - low_x, high_y - low_y, cell, share)
    fade = np.linspace(1.0, 0.45, panes.shape[0], dtype=np.float32)[:, None]
    warm = stage.script.accent if rng.random() < 0.72 else stage.script.light
    plane.fill(Patch(panes * fade, low_x, low_y), warm, 0.85 if lamps_lit(stage) else 0.28)


def towers(
    stage: Stage, plane: Plane, foot: float, tall: float, depth: float, wide: float, share: float
) -> None:
    """A rank of tower blocks across the picture, higher towards the middle."""
    x = -wide * stage.pick(0.2, 0.8)
    while x < stage.width:
        span = wide * stage.pick(0.55, 1.2)
        middle = (x + span / 2) / stage.width - 0.5 + stage.side * 0.08
        high = tall * (0.35 + 0.65 * np.exp(-((middle / 0.3) ** 2))) * stage.pick(0.5, 1.1)
        colour = stage.land(depth)
        skyscraper(
            stage,
            plane,
            x,
            x + span,
            foot - high,
            foot,
            (scale(colour, stage.pick(0.86, 1.06)), mix(colour, stage.script.haze, 0.5)),
            share,
        )
        x += span * stage.pick(0.75, 1.15)
