"""The row of the recordings' bench by FFmpeg: the logo and the name laid over the seconds that change, and
all of the film encoded again; the sound is copied.

usage: overlay_ffmpeg.py FILM JOB OUT, JOB as `takes.overlay` writes it
"""

import json
import os
import sys
from pathlib import Path

film, job_file, out = sys.argv[1:4]
job = json.loads(Path(job_file).read_text(encoding="utf-8"))
logo, card = job["logo_box"], job["name_box"]
x, y, width, height = logo
grounds = [f"drawbox={box[0]}:{box[1]}:{box[2]}:{box[3]}:white:fill" for box in (logo, card)]
during = f"enable='gte(t,{job['start']})*lt(t,{job['end']})'"
named = f"{out}.txt"
Path(named).write_text(job["name"], encoding="utf-8")
graph = (
    f"[1]scale={width}:{height}:force_original_aspect_ratio=decrease[logo];"
    f"[0]{grounds[0]}:{during},{grounds[1]}:{during}[ground];"
    f"[ground][logo]overlay={x}+({width}-w)/2:{y}+({height}-h)/2:{during},"
    f"drawtext=fontfile={job['font']}:textfile={named}:fontsize={job['font_size']}:"
    f"x={card[0]}+({card[2]}-text_w)/2:y={card[1]}+({card[3]}-text_h)/2:{during}"
)
line = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", film, "-i", job["logo"], "-filter_complex", graph]
line += ["-c:v", "libx264", "-preset", job["preset"], "-crf", str(job["crf"]), "-pix_fmt", "yuv420p"]
os.execvp("ffmpeg", [*line, "-c:a", "copy", "-movflags", "+faststart", out])
