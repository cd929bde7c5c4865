"""The story's job of the bench by MoviePy 2: Ken Burns, fading captions, crossfades, narration, music.

usage: story_moviepy.py JOB OUT FONT, JOB the timeline document of `inputs.document`, its files beside it
"""

import json
import sys
from pathlib import Path

from moviepy import (
    AudioFileClip,
    ColorClip,
    CompositeAudioClip,
    CompositeVideoClip,
    ImageClip,
    TextClip,
    afx,
    concatenate_audioclips,
    vfx,
)

job_file, out, font = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
document, assets = json.loads(job_file.read_text(encoding="utf-8")), job_file.parent
pictures, captions, narration = (track["clips"] for track in document["timeline"]["tracks"])
output, music = document["output"], document["soundtrack"]
size, length = tuple(output["size"]), captions[-1]["start"] + captions[-1]["duration"]
layers = []
for picture, caption in zip(pictures, captions, strict=True):
    lasts, zoom = picture["duration"], picture["scale"][-1]["value"] - 1
    image = ImageClip(str(assets / picture["asset"]["src"])).with_duration(lasts).resized(size)
    image = image.resized(lambda t, lasts=lasts, zoom=zoom: 1 + zoom * t / lasts)
    image = image.with_position("center").with_start(picture["start"])
    if "transition" in picture:
        # MoviePy cuts off what grows beyond its mask: a mask of the largest size.
        largest = tuple(round(side * (1 + zoom)) + 1 for side in size)
        image = image.with_mask(ColorClip(largest, color=1.0, is_mask=True).with_duration(lasts))
        image = image.with_effects([vfx.CrossFadeIn(picture["transition"]["in"]["duration"])])
    style = caption["asset"]["style"]
    text = TextClip(
        font=font, text=caption["asset"]["text"], font_size=style["size"], color="white",
        stroke_color="black", stroke_width=style["outline"],
        method="caption", size=(size[0] * 5 // 6, None), text_align="center", margin=(0, 8),
    )  # fmt: skip
    text = text.with_duration(caption["duration"]).with_start(caption["start"])
    text = text.with_position(("center", size[1] * 2 // 3)).with_effects([vfx.CrossFadeIn(0.4)])
    layers += [image, text]
voice = concatenate_audioclips([AudioFileClip(str(assets / clip["asset"]["src"])) for clip in narration])
bed = AudioFileClip(str(assets / music["src"])).subclipped(0, length)
bed = bed.with_effects([afx.MultiplyVolume(music["volume"])])
film = CompositeVideoClip(layers, size=size).with_duration(length)
film.with_audio(CompositeAudioClip([voice, bed])).write_videofile(
    out, fps=output["fps"], codec="libx264", preset=output["preset"], audio_codec="aac", audio_bitrate="192k",
    ffmpeg_params=["-crf", str(output["crf"]), "-pix_fmt", "yuv420p"], threads=2, logger=None,
)  # fmt: skip
