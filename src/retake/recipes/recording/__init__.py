"""A recording as a template: what of a presenter's take differs from row to row, and a row filled in.

Enters: a template (JSON or YAML) and a row of data. Leaves: a checked `RecordingTemplate`, and a `Bound` one
with the words to be spoken and the names and pictures to be shown. Nothing is read from disk here.
"""
