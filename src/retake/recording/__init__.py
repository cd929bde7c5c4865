"""Changing a take: its voice, its surfaces, its mouth, and nothing else."""
