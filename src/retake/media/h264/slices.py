"""Slice headers, read and written, as far as progressive 4:2:0 without slice groups uses them.

ITU-T H.264, 7.3.3.
"""

from __future__ import annotations

from dataclasses import dataclass

from retake.media.h264.bits import BitReader, BitWriter, escape, stop_bit, unescape
from retake.media.h264.sets import PictureSet, SequenceSet
from retake.media.h264.units import IDR

P, B, INTRA, SP, SI = range(5)  # slice_type modulo 5

Weight = tuple[int, int]
"""A weight and its offset."""
Commands = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """Explicit prediction weights: denominators as powers of two, and for each list and reference the weight
    of luma and those of chroma, None where it is the default."""

    luma_denominator: int
    chroma_denominator: int
    lists: tuple[tuple[tuple[Weight | None, tuple[Weight, Weight] | None], ...], ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice: its header, and `payload`, the whole unit without emulation prevention, whose slice data
    begin at bit `data_at`. `reordering` has a tuple of commands for each list, None for no reordering.
    """

    reference: int
    unit_type: int
    first_macroblock: int
    slice_type: int
    frame_num: int
    idr_id: int
    poc_lsb: int
    direct_spatial: bool
    references: tuple[int, int]
    reordering: tuple[Commands | None, ...]
    weights: Weights | None
    idr_marking: tuple[bool, bool]
    marking: Commands | None
    cabac_init: int
    quantiser: int
    deblocking: tuple[int, int, int]
    payload: bytes
    data_at: int

    @property
    def kind(self) -> int:
        return self.slice_type % 5


def read_slice(unit: bytes, sps: SequenceSet, pps: PictureSet) -> Slice:
    """Raises `ValueError` for a header that is cut off or of another picture parameter set."""
    payload = unescape(unit)
    reference, unit_type = unit[0] >> 5 & 3, unit[0] & 31
    r = BitReader(payload, 8)
    first, slice_type, own = r.ue(), r.ue(), r.ue()
    if own != pps.id:
        raise ValueError(f"a slice of the picture parameter set {own}")
    kind = slice_type % 5
    frame_num = r.bits(sps.frame_num_bits)
    idr_id = r.ue() if unit_type == IDR else 0
    poc_lsb = r.bits(sps.poc_bits) if sps.poc_type == 0 else 0
    if sps.poc_type == 0 and pps.bottom_field_order:
        r.se()
    if pps.redundant_pictures:
        r.ue()
    spatial = r.flag() if kind == B else False
    references = pps.references
    if kind in (P, B, SP) and r.flag():
        references = r.ue() + 1, (r.ue() + 1 if kind == B else references[1])
    reordering = tuple(_read_reordering(r) for _ in range({P: 1, SP: 1, B: 2}.get(kind, 0)))
    weights = _read_weights(r, kind, references) if _is_weighted(pps, kind) else None
    idr_marking, marking = (False, False), None
    if reference and unit_type == IDR:
        idr_marking = r.flag(), r.flag()
    elif reference and r.flag():
        marking = _read_marking(r)
    cabac_init = r.ue() if pps.cabac and kind not in (INTRA, SI) else 0
    quantiser = pps.quantiser + r.se()
    deblocking = (0, 0, 0)
    if pps.deblocking_control:
        mode = r.ue()
        deblocking = (mode, r.se(), r.se()) if mode != 1 else (1, 0, 0)
    return Slice(
        reference, unit_type, first, slice_type, frame_num, idr_id, poc_lsb, spatial, references, reordering,
        weights, idr_marking, marking, cabac_init, quantiser, deblocking, payload, r.position,
    )  # fmt: skip


def write_slice(
    piece: Slice, sps: SequenceSet, pps: PictureSet, *, frame_num: int, poc: int, idr_id: int
) -> bytes:
    """The slice as a NAL unit in the syntax of other parameter sets, its slice data bit by bit the same.

    Raises `ValueError` where those sets cannot express it.
    """
    w, kind = BitWriter(), piece.kind
    w.bits(piece.payload[0], 8)
    w.ue(piece.first_macroblock)
    w.ue(piece.slice_type)
    w.ue(pps.id)
    w.bits(frame_num, sps.frame_num_bits)
    if piece.unit_type == IDR:
        w.ue(idr_id)
    if sps.poc_type == 0:
        w.bits(poc, sps.poc_bits)
        if pps.bottom_field_order:
            w.se(0)
    if pps.redundant_pictures:
        w.ue(0)
    if kind == B:
        w.flag(piece.direct_spatial)
    if kind in (P, B, SP):
        _write_references(w, piece, pps)
    for commands in piece.reordering:
        w.flag(commands is not None)
        for command in (*commands, (3,)) if commands is not None else ():
            for code in command:
                w.ue(code)
    if _is_weighted(pps, kind):
        _write_weights(w, piece)
    elif piece.weights is not None:
        raise ValueError("the weights of a slice cannot be expressed")
    if piece.reference and piece.unit_type == IDR:
        for flag in piece.idr_marking:
            w.flag(flag)
    elif piece.reference:
        w.flag(piece.marking is not None)
        for command in (*piece.marking, (0,)) if piece.marking is not None else ():
            for code in command:
                w.ue(code)
    if pps.cabac and kind not in (INTRA, SI):
        w.ue(piece.cabac_init)
    w.se(piece.quantiser - pps.quantiser)
    if pps.deblocking_control:
        mode, *offsets = piece.deblocking
        w.ue(mode)
        for offset in offsets if mode != 1 else ():
            w.se(offset)
    elif piece.deblocking != (0, 0, 0):
        raise ValueError("the deblocking of a slice cannot be expressed")
    return escape(_with_data(w, piece, pps.cabac))


def _with_data(w: BitWriter, piece: Slice, cabac: bool) -> bytes:
    """Arithmetic codes begin at a whole byte, after ones; variable-length codes directly."""
    payload = piece.payload
    if cabac:
        pad = -w.length % 8
        w.bits((1 << pad) - 1, pad)
        return w.bytes() + payload[(piece.data_at + 7) // 8 :]
    end = stop_bit(payload)
    count = end - piece.data_at
    w.bits(int.from_bytes(payload, "big") >> (len(payload) * 8 - end), count)
    w.bits(1, 1)
    w.bits(0, -w.length % 8)
    return w.bytes()


def _is_weighted(pps: PictureSet, kind: int) -> bool:
    return (pps.weighted and kind in (P, SP)) or (pps.weighted_b == 1 and kind == B)


def _write_references(w: BitWriter, piece: Slice, pps: PictureSet) -> None:
    used = 2 if piece.kind == B else 1
    override = piece.references[:used] != pps.references[:used]
    w.flag(override)
    for count in piece.references[:used] if override else ():
        w.ue(count - 1)


def _read_reordering(r: BitReader) -> Commands | None:
    if not r.flag():
        return None
    commands: list[tuple[int, ...]] = []
    while (command := r.ue()) != 3:
        commands.append((command, r.ue()))
    return tuple(commands)


def _read_marking(r: BitReader) -> Commands:
    commands: list[tuple[int, ...]] = []
    while command := r.ue():
        commands.append((command, *(r.ue() for _ in range({3: 2, 5: 0}.get(command, 1)))))
    return tuple(commands)


def _read_weights(r: BitReader, kind: int, references: tuple[int, int]) -> Weights:
    luma, chroma = r.ue(), r.ue()
    lists: list[tuple[tuple[Weight | None, tuple[Weight, Weight] | None], ...]] = []
    for count in references[: 2 if kind == B else 1]:
        found: list[tuple[Weight | None, tuple[Weight, Weight] | None]] = []
        for _ in range(count):
            first = (r.se(), r.se()) if r.flag() else None
            second = ((r.se(), r.se()), (r.se(), r.se())) if r.flag() else None
            found.append((first, second))
        lists.append(tuple(found))
    return Weights(luma, chroma, tuple(lists))


def _write_weights(w: BitWriter, piece: Slice) -> None:
    """A slice that has none says so for each reference."""
    lists = piece.references[: 2 if piece.kind == B else 1]
    weights = piece.weights or Weights(0, 0, tuple(((None, None),) * count for count in lists))
    w.ue(weights.luma_denominator)
    w.ue(weights.chroma_denominator)
    for listed in weights.lists:
        for luma, chroma in listed:
            for group in ((luma,) if luma else None, chroma):
                w.flag(group is not None)
                for weight, offset in group or ():
                    w.se(weight)
                    w.se(offset)
