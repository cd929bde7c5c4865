"""Wav2Lip: lips drawn by a neural network, with weights that the user brings.

`adapter` is the port's lip sync; `mel` is what the network hears, `model` the network itself, `weights` how
a checkpoint is read, `network` the network on its device. The network was written from its published
description; the public weights are for non-commercial use, which is told whenever they are loaded.
"""

from retake.generate.lipsync.wav2lip.adapter import Wav2LipSync

__all__ = ["Wav2LipSync"]
