"""Sequence and picture parameter sets, as far as slices depend on them. ITU-T H.264, 7.3.2.1 and 7.3.2.2."""

from __future__ import annotations

from dataclasses import dataclass

from retake.media.h264.bits import BitReader, unescape

_WITH_CHROMA = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)
"""Profiles whose SPS states the chroma format, bit depths and scaling."""


@dataclass(frozen=True, slots=True)
class SequenceSet:
    """An SPS. Sizes in macroblocks; `crop` left, right, top, bottom in chroma samples."""

    profile: int
    level: int
    id: int
    chroma_format: int
    depth: int
    separate_planes: bool
    lossless: bool
    scaling: bool
    frame_num_bits: int
    poc_type: int
    poc_bits: int
    references: int
    width: int
    height: int
    frames_only: bool
    crop: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class PictureSet:
    """A PPS. `references` are the default lengths of the two lists."""

    id: int
    sequence: int
    cabac: bool
    bottom_field_order: bool
    slice_groups: int
    references: tuple[int, int]
    weighted: bool
    weighted_b: int
    quantiser: int
    chroma_offsets: tuple[int, int]
    deblocking_control: bool
    constrained_intra: bool
    redundant_pictures: bool
    transform_8x8: bool
    scaling: bool


def read_sps(unit: bytes) -> SequenceSet:
    """Raises `ValueError` for one that is cut off or nonsense."""
    r = BitReader(unescape(unit), 8)
    profile, _, level, own = r.bits(8), r.bits(8), r.bits(8), r.ue()
    chroma, depth, separate, lossless, scaling = 1, 8, False, False, False
    if profile in _WITH_CHROMA:
        chroma = r.ue()
        separate = r.flag() if chroma == 3 else False
        depth = 8 + max(r.ue(), r.ue())
        lossless, scaling = r.flag(), r.flag()
        if scaling:
            _skip_scaling(r, 12 if chroma == 3 else 8)
    frame_num_bits, poc_type, poc_bits = 4 + r.ue(), r.ue(), 0
    if poc_type == 0:
        poc_bits = 4 + r.ue()
    elif poc_type == 1:
        r.flag()
        r.se()
        r.se()
        for _ in range(r.ue()):
            r.se()
    references, _, width, height = r.ue(), r.flag(), r.ue() + 1, r.ue() + 1
    frames_only = r.flag()
    if not frames_only:
        r.flag()
    r.flag()
    crop = (r.ue(), r.ue(), r.ue(), r.ue()) if r.flag() else (0, 0, 0, 0)
    return SequenceSet(
        profile, level, own, chroma, depth, separate, lossless, scaling, frame_num_bits, poc_type, poc_bits,
        references, width, height, frames_only, crop,
    )  # fmt: skip


def read_pps(unit: bytes) -> PictureSet:
    """Raises `ValueError` for one that is cut off or nonsense. Chroma is taken as 4:2:0."""
    r = BitReader(unescape(unit), 8)
    own, sequence, cabac, bottom, groups = r.ue(), r.ue(), r.flag(), r.flag(), r.ue()
    if groups:  # what follows depends on their map, and nobody who sees groups reads further
        return PictureSet(
            own, sequence, cabac, bottom, groups, (1, 1), False, 0, 26, (0, 0),
            False, False, False, False, False,
        )  # fmt: skip
    references = r.ue() + 1, r.ue() + 1
    weighted, weighted_b, quantiser = r.flag(), r.bits(2), 26 + r.se()
    r.se()
    offset, control, constrained, redundant = r.se(), r.flag(), r.flag(), r.flag()
    transform, scaling, second = False, False, offset
    if r.more:
        transform, scaling = r.flag(), r.flag()
        if scaling:
            _skip_scaling(r, 8 if transform else 6)
        second = r.se()
    return PictureSet(
        own, sequence, cabac, bottom, groups, references, weighted, weighted_b, quantiser, (offset, second),
        control, constrained, redundant, transform, scaling,
    )  # fmt: skip


def _skip_scaling(r: BitReader, lists: int) -> None:
    for n in range(lists):
        if not r.flag():
            continue
        last = following = 8
        for _ in range(16 if n < 6 else 64):
            if following:
                following = (last + r.se()) % 256
            last = following or last
