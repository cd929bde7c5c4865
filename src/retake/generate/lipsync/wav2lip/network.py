"""The network on its device, and all that touches PyTorch: it is imported here, when first used.

Enters: a file of weights and the name of a device; then arrays. Leaves: faces as arrays. Errors:
`InputError` where PyTorch, the weights or the device are missing, `HostError` where memory does not suffice.
"""

# PyTorch is an extra, so its types are not always there to be checked.
# pyright: basic, reportMissingImports=false

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retake.errors import HostError, InputError
from retake.generate.lipsync.wav2lip.weights import LICENCE, load

if TYPE_CHECKING:
    import torch

    from retake.generate.lipsync.wav2lip.model import Wav2Lip

_OTHERWISE = "use the lip sync 'mouth'"


class Network:
    """Wav2Lip, ready to draw. Threads may share it."""

    def __init__(self, weights: Path | None, device: str) -> None:
        try:
            import torch  # noqa: F401
        except ImportError as error:
            raise InputError(
                "Wav2Lip needs PyTorch, which is not installed",
                place="wav2lip",
                remedy=f"pip install 'retake[wav2lip]', or {_OTHERWISE}",
            ) from error
        if weights is None:
            raise InputError(
                "Wav2Lip has no weights",
                place="wav2lip",
                remedy=f"set RETAKE_WAV2LIP_WEIGHTS to a checkpoint, or {_OTHERWISE}; {LICENCE}",
            )
        self._device = _device(device)
        self._network: Wav2Lip = load(weights, self._device)

    def draw(self, heard: NDArray[np.float32], faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Faces (count, 3, 96, 96), blue first, in [0, 1], drawn from (count, 1, 80, 16) and
        (count, 6, 96, 96)."""
        import torch

        try:
            with torch.inference_mode():
                sound, shown = (torch.from_numpy(array).to(self._device) for array in (heard, faces))
                return self._network(sound, shown).cpu().numpy()
        except torch.OutOfMemoryError as error:
            raise HostError(
                f"the memory of {self._device} does not suffice for {len(faces)} frames at once",
                place="wav2lip",
                remedy="use a smaller batch, or the device 'cpu'",
            ) from error


def _device(name: str) -> torch.device:
    import torch

    try:
        device = torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise InputError(
            f"PyTorch cannot compute on {name!r} here",
            place="wav2lip",
            remedy="use the device 'cpu' or 'auto'; a GPU needs PyTorch with CUDA and its driver",
        ) from error
    return device
