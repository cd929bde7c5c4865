"""Trust: whose voice and face may be used, for what, and until when."""
