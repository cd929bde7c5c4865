"""The layer of a video clip: the frame of the source that belongs to each frame of the film.

The source is read by presentation time, so that variable frame rates, odd time bases and any speed keep time.
"""

from __future__ import annotations

from fractions import Fraction

from pydantic import JsonValue

from retake.errors import MediaError
from retake.media.decode import VideoReader
from retake.media.picture import Picture
from retake.media.probe import probe
from retake.render import effects
from retake.render.framing import Framing
from retake.render.layer import described, even, seconds_at
from retake.render.place import box_size, largest_scale, pose_at, window_at
from retake.render.plate import from_picture
from retake.render.resample import Scratch
from retake.render.resources import Resources
from retake.timeline.assets import Video
from retake.timeline.film import Shot
from retake.timeline.time import Span


class FootageLayer:
    """A shot of a video file. One reader, opened at the first frame that is asked for."""

    def __init__(self, shot: Shot, resources: Resources, scratch: Scratch) -> None:
        assert isinstance(shot.clip.asset, Video)
        self._shot = shot
        self._resources = resources
        self._framing = Framing(shot.clip, resources, scratch)
        self._path = resources.paths[shot.clip.asset.src]
        self._reader: VideoReader | None = None
        self._length = Fraction(0)

    def draw(self, canvas: Picture, n: int) -> None:
        shot, clip, resources = self._shot, self._shot.clip, self._resources
        reader = self._reader or self._open()
        seconds = seconds_at(shot, n, resources.rate)
        at = clip.trim + seconds * clip.speed
        if clip.loop and self._length > clip.trim:
            at = clip.trim + (at - clip.trim) % (self._length - clip.trim)
        picture = effects.adjust(reader.frame_at(at), clip.adjust, resources.unit)
        alpha = None
        if clip.chroma_key:
            picture, alpha = effects.key_alpha(picture, clip.chroma_key)
        self._framing.draw(canvas, from_picture(picture, alpha), pose_at(clip, seconds), seconds)

    def _open(self) -> VideoReader:
        """The reader at the size at which the film shows the clip, so that nothing is scaled twice."""
        clip, frame = self._shot.clip, self._resources.frame
        report = probe(self._path)
        video = report.video
        if video is None:
            raise MediaError("there is no picture in it", place=str(self._path), remedy="use it as audio")
        self._length = report.duration or Fraction(0)
        natural = float(video.size[0]), float(video.size[1])
        window = window_at(clip, natural, frame, Fraction(0))
        box = box_size(clip, frame)
        fit = max if clip.fit in ("cover", "stretch") else min
        filling = fit(box[0] / window.width, box[1] / window.height)
        factor = 1.0 if clip.fit == "none" else min(filling * largest_scale(clip), max(filling, 1.0))
        self._reader = VideoReader(self._path, size=(even(natural[0] * factor), even(natural[1] * factor)))
        return self._reader

    def close(self) -> None:
        if self._reader:
            self._reader.close()
            self._reader = None

    def shows(self, span: Span) -> JsonValue:
        return described(self._shot, span, self._resources)
