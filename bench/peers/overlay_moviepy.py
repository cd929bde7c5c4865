"""The row of the recordings' bench by MoviePy 2: a logo and a text laid over four seconds.

usage: overlay_moviepy.py FILM LOGO OUT FONT
"""

import sys

from moviepy import CompositeVideoClip, ImageClip, TextClip, VideoFileClip

film, logo, out, font = sys.argv[1:5]
take = VideoFileClip(film)
picture = ImageClip(logo).with_start(1).with_duration(4).resized(width=280).with_position((1184, 225))
name = TextClip(font=font, text="Jonathan Reed", font_size=64, color="black", bg_color="white")
name = name.with_start(1).with_duration(4).with_position((1190, 390))
CompositeVideoClip([take, picture, name]).write_videofile(
    out, codec="libx264", preset="medium", ffmpeg_params=["-crf", "18"], audio_codec="aac", logger=None
)
