"""Lip sync: the mouth of a recorded face follows other words.

`base` says what is asked and returned (patches on the recording's own frames), and is what an adapter
extends; `mouth` is the adapter that needs no key and no weights, made of `faces` (where the face is),
`anchor` (the head held still), `visemes` (what a mouth does for a sound), `library` and `selection` (the
presenter's own mouths, chosen again) and `jaw` (one mouth, moved). `measure` tells how well a mouth fits.
"""
