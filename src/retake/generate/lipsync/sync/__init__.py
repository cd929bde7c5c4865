"""sync.so: lips moved by a service, through its public HTTP API.

`adapter` is the port's lip sync; `client` sends, asks and waits, `refusals` says what may be done about a
failure.
"""

from retake.generate.lipsync.sync.adapter import SyncLipSync

__all__ = ["SyncLipSync"]
