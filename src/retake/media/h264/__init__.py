"""H.264 (ITU-T Rec. H.264) at the level of bits: enough to give slices of one encoder another's headers.

bits.py      bit reader and writer, Exp-Golomb codes
units.py     NAL units, their two framings, avcC
sets.py      parameter sets
slices.py    slice headers, read and written
transplant.py  re-encoded slices in the source's own syntax
"""
