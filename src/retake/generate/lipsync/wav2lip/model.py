"""The network of Wav2Lip: a face with its lower half hidden, and what is heard, become the whole face.

Enters: sound (batch, 1, 80, 16) and faces (batch, 6, 96, 96): blue, green, red in [0, 1], the hidden face
before the reference. Leaves: faces (batch, 3, 96, 96). Tensors are named as in the public checkpoints:
352 of them, 36.298 million parameters. Importing this module needs PyTorch.

Source of the architecture: K. R. Prajwal, R. Mukhopadhyay, V. Namboodiri, C. V. Jawahar, "A Lip Sync Expert
Is All You Need for Speech to Lip Generation In the Wild", ACM Multimedia 2020.
"""

# PyTorch is an extra, so its types are not always there to be checked.
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import torch
from torch import Tensor, nn

FACE = 96  # pixels a side


class Block(nn.Module):
    """A convolution, normalised, and where it is `residual` added to what entered; then rectified."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        stride: int | tuple[int, int] = 1,
        padding: int = 1,
        *,
        residual: bool = False,
    ) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.BatchNorm2d(outputs)
        )
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv_block(x)
        return torch.relu(out + x if self.residual else out)


class Growing(nn.Module):
    """A transposed convolution, normalised and rectified."""

    def __init__(self, inputs: int, outputs: int, stride: int = 2, padding: int = 1, extra: int = 1) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ConvTranspose2d(inputs, outputs, 3, stride, padding, extra), nn.BatchNorm2d(outputs)
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.conv_block(x))


class Wav2Lip(nn.Module):
    """The generator: one encoder for the face and one for the sound, and a decoder that sees the face's
    features again at every size."""

    def __init__(self) -> None:
        super().__init__()
        self.face_encoder_blocks = nn.ModuleList(
            [
                nn.Sequential(Block(6, 16, 7, padding=3)),
                nn.Sequential(Block(16, 32, stride=2), *_same(32, 2)),
                nn.Sequential(Block(32, 64, stride=2), *_same(64, 3)),
                nn.Sequential(Block(64, 128, stride=2), *_same(128, 2)),
                nn.Sequential(Block(128, 256, stride=2), *_same(256, 2)),
                nn.Sequential(Block(256, 512, stride=2), *_same(512, 1)),
                nn.Sequential(Block(512, 512, padding=0), Block(512, 512, 1, padding=0)),
            ]
        )
        self.audio_encoder = nn.Sequential(
            Block(1, 32),
            *_same(32, 2),
            Block(32, 64, stride=(3, 1)),
            *_same(64, 2),
            Block(64, 128, stride=3),
            *_same(128, 2),
            Block(128, 256, stride=(3, 2)),
            *_same(256, 1),
            Block(256, 512, padding=0),
            Block(512, 512, 1, padding=0),
        )
        self.face_decoder_blocks = nn.ModuleList(
            [
                nn.Sequential(Block(512, 512, 1, padding=0)),
                nn.Sequential(Growing(1024, 512, stride=1, padding=0, extra=0), *_same(512, 1)),
                nn.Sequential(Growing(1024, 512), *_same(512, 2)),
                nn.Sequential(Growing(768, 384), *_same(384, 2)),
                nn.Sequential(Growing(512, 256), *_same(256, 2)),
                nn.Sequential(Growing(320, 128), *_same(128, 2)),
                nn.Sequential(Growing(160, 64), *_same(64, 2)),
            ]
        )
        self.output_block = nn.Sequential(Block(80, 32), nn.Conv2d(32, 3, 1), nn.Sigmoid())

    def forward(self, sound: Tensor, faces: Tensor) -> Tensor:
        features: list[Tensor] = []
        x = faces
        for encode in self.face_encoder_blocks:
            x = encode(x)
            features.append(x)
        x = self.audio_encoder(sound)
        for decode in self.face_decoder_blocks:
            x = torch.cat((decode(x), features.pop()), dim=1)
        return self.output_block(x)


def _same(channels: int, count: int) -> list[Block]:
    return [Block(channels, channels, residual=True) for _ in range(count)]
