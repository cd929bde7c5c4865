"""The row of the recordings' bench by MoviePy 2: the logo and the name laid over the seconds that change, and
all of the film encoded again; the sound too, which MoviePy cannot copy.

usage: overlay_moviepy.py FILM JOB OUT, JOB as `takes.overlay` writes it
"""

import json
import sys
from pathlib import Path

from moviepy import ColorClip, CompositeVideoClip, ImageClip, TextClip, VideoFileClip

film, job_file, out = sys.argv[1:4]
job = json.loads(Path(job_file).read_text(encoding="utf-8"))


def placed(clip, box):
    """In the middle of a box, while it is to be seen."""
    x, y, width, height = box
    middle = (round(x + (width - clip.w) / 2), round(y + (height - clip.h) / 2))
    return clip.with_start(job["start"]).with_duration(job["end"] - job["start"]).with_position(middle)


take, logo = VideoFileClip(film), ImageClip(job["logo"])
_, _, width, height = job["logo_box"]
logo = logo.resized(min(width / logo.w, height / logo.h))
grounds = [
    placed(ColorClip(tuple(box[2:]), color=(255, 255, 255)), box)
    for box in (job["logo_box"], job["name_box"])
]
name = TextClip(font=job["font"], text=job["name"], font_size=job["font_size"], color="black", margin=(4, 12))
layers = [take, *grounds, placed(logo, job["logo_box"]), placed(name, job["name_box"])]
CompositeVideoClip(layers).write_videofile(
    out, codec="libx264", preset=job["preset"], audio_codec="aac", threads=2, logger=None,
    ffmpeg_params=["-crf", str(job["crf"]), "-pix_fmt", "yuv420p"],
)  # fmt: skip
