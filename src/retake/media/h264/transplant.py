"""Header transplant: pictures that were encoded anew, in the syntax of the recording's own parameter sets.

Decoders break where parameter sets change in the middle of an MP4, so an inserted range must use the sets of
the avcC. Everything in a slice after its header depends on few of their fields, which the encoder is told;
the header is read in the encoder's sets and written in the recording's. The result decodes bit by bit as the
encoder's own stream does.
"""

from __future__ import annotations

from collections.abc import Iterable

from retake.media.h264.sets import PictureSet, SequenceSet, read_pps, read_sps
from retake.media.h264.slices import read_slice, write_slice
from retake.media.h264.units import IDR, PPS, SLICE, SPS, Sets, join, kind, split_annex_b

PROFILES = {66: "baseline", 77: "main", 100: "high"}


class Obstacle(ValueError):
    """Why pictures cannot be put among a recording's own, in words for its owner."""


class Host:
    """A recording's parameter sets. Raises `Obstacle` where an encoder's slices cannot be written in them."""

    def __init__(self, sets: Sets) -> None:
        if len(sets.sps) != 1 or not sets.pps:
            raise Obstacle("it has several sequence parameter sets")
        self.length_size = sets.length_size
        try:
            self.sps: SequenceSet = read_sps(sets.sps[0])
            self.pps: PictureSet = read_pps(sets.pps[0])
        except ValueError as error:
            raise Obstacle(f"its parameter sets cannot be read: {error}") from error
        sps, pps = self.sps, self.pps
        refused = {
            f"its profile ({sps.profile}) is not Baseline, Main or High": sps.profile not in PROFILES,
            "it is not 8-bit 4:2:0": sps.chroma_format != 1 or sps.depth != 8,
            "it is interlaced": not sps.frames_only,
            "it counts pictures in a way that is not supported (poc_type 1)": sps.poc_type == 1,
            "it is coded without loss": sps.lossless,
            "it uses scaling matrices": sps.scaling or pps.scaling,
            "it uses slice groups": bool(pps.slice_groups),
            "it is cropped at the left or at the top": bool(sps.crop[0] or sps.crop[2]),
            "its two chroma quantisers differ": pps.chroma_offsets[0] != pps.chroma_offsets[1],
        }
        for reason, holds in refused.items():
            if holds:
                raise Obstacle(reason)

    def idr_id(self, unit: bytes) -> int | None:
        """The idr_pic_id of a unit of the recording, None of another kind of unit."""
        if kind(unit) != IDR:
            return None
        try:
            return read_slice(unit, self.sps, self.pps).idr_id
        except ValueError:
            return None


class Transplant:
    """From an encoder's Annex B packets, in decoding order, to packets for the recording.

    `idr_ids` are two idr_pic_id that no neighbouring IDR picture has; they alternate. Raises `Obstacle`
    where the encoder's parameter sets do not fit the host's.
    """

    def __init__(self, host: Host, extradata: bytes, idr_ids: tuple[int, int]) -> None:
        self._host = host
        self.sps, self.pps = read_sets(extradata)
        self._idr_ids, self._idrs = idr_ids, -1
        self._poc = _PictureOrder(self.sps)
        for name, mine, its in _compared(self.sps, self.pps, host):
            if mine != its:
                raise Obstacle(f"the encoder cannot match its {name} ({its})")
        if self.sps.references > max(host.sps.references, 1):
            raise Obstacle("the encoder keeps more reference pictures than it")

    def packet(self, data: bytes) -> bytes:
        """One picture; everything but its slices is left out. Raises `Obstacle`."""
        units: list[bytes] = []
        for unit in split_annex_b(data):
            if kind(unit) not in (SLICE, IDR):
                continue
            piece = read_slice(unit, self.sps, self.pps)
            if kind(unit) == IDR and piece.first_macroblock == 0:
                self._idrs += 1
            try:
                units.append(
                    write_slice(
                        piece,
                        self._host.sps,
                        self._host.pps,
                        frame_num=piece.frame_num,
                        poc=self._poc.of(piece.unit_type, piece.frame_num, piece.poc_lsb, piece.reference),
                        idr_id=self._idr_ids[self._idrs % 2],
                    )
                )
            except ValueError as error:
                raise Obstacle(str(error)) from error
        return join(units, self._host.length_size)


def read_sets(extradata: bytes) -> tuple[SequenceSet, PictureSet]:
    """The parameter sets of an encoder's Annex B extradata."""
    units = split_annex_b(extradata)
    sps = next(unit for unit in units if kind(unit) == SPS)
    pps = next(unit for unit in units if kind(unit) == PPS)
    return read_sps(sps), read_pps(pps)


def _compared(sps: SequenceSet, pps: PictureSet, host: Host) -> Iterable[tuple[str, object, object]]:
    """What slice data depend on."""
    yield "size", (sps.width, sps.height, sps.crop), (host.sps.width, host.sps.height, host.sps.crop)
    yield "entropy coding", pps.cabac, host.pps.cabac
    yield "transform", pps.transform_8x8, host.pps.transform_8x8
    yield "chroma quantiser", pps.chroma_offsets, host.pps.chroma_offsets
    yield "intra prediction", pps.constrained_intra, host.pps.constrained_intra


class _PictureOrder:
    """Picture order counts of one stream, picture by picture. ITU-T H.264, 8.2.1.1 and 8.2.1.3."""

    def __init__(self, sps: SequenceSet) -> None:
        self._sps = sps
        self._high = self._low = 0
        self._offset = self._before = 0

    def of(self, unit_type: int, frame_num: int, lsb: int, reference: int) -> int:
        if self._sps.poc_type == 0:
            return self._coded(unit_type, lsb, reference)
        if unit_type == IDR:
            self._offset = 0
        elif self._before > frame_num:
            self._offset += 1 << self._sps.frame_num_bits
        self._before = frame_num
        return 2 * (self._offset + frame_num) - (0 if reference else 1)

    def _coded(self, unit_type: int, lsb: int, reference: int) -> int:
        half = 1 << (self._sps.poc_bits - 1)
        if unit_type == IDR:
            self._high = self._low = 0
        high = self._high
        if lsb < self._low and self._low - lsb >= half:
            high += 2 * half
        elif lsb > self._low and lsb - self._low > half:
            high -= 2 * half
        if reference:
            self._high, self._low = high, lsb
        return high + lsb
