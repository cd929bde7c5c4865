"""A drawn presenter: a recording to personalise, with the truth about every frame of it.

Everybody and everything in it is drawn and spoken by this code; no real person is shown or heard.

    from presenter import Performance, make_recording, perform
    truth = make_recording(Path("master.mp4"), Performance(), "phone")

`sculpt`, `head`, `body`, `eyes`, `mouth` draw the person, `stage`, `slides` and `logos` the room; `motion`
moves them, `picture` lays them together, `sound` speaks, `performance` is all of it, `film` the file.
"""

from presenter.film import make_recording
from presenter.performance import FrameTruth, Performance, Truth, perform, poses_of, reading_of
from presenter.template import write_example, write_logos, write_rows, write_template

__all__ = [
    "FrameTruth",
    "Performance",
    "Truth",
    "make_recording",
    "perform",
    "poses_of",
    "reading_of",
    "write_example",
    "write_logos",
    "write_rows",
    "write_template",
]
