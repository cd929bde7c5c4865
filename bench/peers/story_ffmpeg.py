"""The story's job of the bench by one FFmpeg filter graph: zoompan, xfade, drawtext, amix.

usage: story_ffmpeg.py JOB OUT FONT, JOB the timeline document of `inputs.document`, its files beside it
"""

import json
import os
import sys
import textwrap
from pathlib import Path

job_file, out, font = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
document, assets = json.loads(job_file.read_text(encoding="utf-8")), job_file.parent
pictures, captions, narration = (track["clips"] for track in document["timeline"]["tracks"])
output, music = document["output"], document["soundtrack"]
(width, height), fps = output["size"], output["fps"]
length = captions[-1]["start"] + captions[-1]["duration"]
graph: list[str] = []
for i, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
    words = Path(f"{out}.{i:02d}.txt")
    words.write_text("\n".join(textwrap.wrap(caption["asset"]["text"], 34)), encoding="utf-8")
    style, count = caption["asset"]["style"], round(picture["duration"] * fps)
    zoom = picture["scale"][-1]["value"] - 1
    graph.append(
        # Twice the size first, as FFmpeg's users do it: zoompan moves in whole pixels.
        f"[{i}:v]scale={2 * width}:{2 * height},zoompan=z='1+{zoom:.4f}*on/{count}':x='iw/2-(iw/zoom/2)':"
        f"y='ih/2-(ih/zoom/2)':d={count}:s={width}x{height}:fps={fps},setsar=1,format=yuv420p,"
        f"drawtext=fontfile={font}:textfile={words}:fontsize={style['size']}:fontcolor=white:"
        f"borderw={style['outline']}:bordercolor=black:x=(w-text_w)/2:y=h*2/3:line_spacing=10:"
        f"alpha='min(1,t/0.4)'[v{i}]"
    )
last = "v0"
for i, picture in enumerate(pictures[1:], 1):
    fade = picture["transition"]["in"]["duration"]
    graph.append(f"[{last}][v{i}]xfade=transition=fade:duration={fade}:offset={picture['start']}[x{i}]")
    last = f"x{i}"
first = len(pictures)
voices = "".join(f"[{first + i}:a]" for i in range(len(narration)))
graph += [
    f"{voices}concat=n={len(narration)}:v=0:a=1[voice]",
    f"[{first + len(narration)}:a]atrim=0:{length},volume={music['volume']}[music]",
    "[voice][music]amix=inputs=2:duration=first:normalize=0[sound]",
]
line = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
for clip in (*pictures, *narration):
    line += ["-i", str(assets / clip["asset"]["src"])]
line += ["-i", str(assets / music["src"]), "-filter_complex", ";".join(graph)]
line += ["-map", f"[{last}]", "-map", "[sound]", "-t", str(length), "-r", str(fps)]
line += ["-c:v", "libx264", "-preset", output["preset"], "-crf", str(output["crf"]), "-pix_fmt", "yuv420p"]
os.execvp("ffmpeg", [*line, "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", out])
