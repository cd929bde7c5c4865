"""Pronunciation dictionaries: how names and terms are said, kept by the service.

Enters: rules. Leaves: a `Locator`, to be given with every line (at most three of them).

Source: ElevenLabs API reference, "Pronunciation dictionaries", read November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from retake.generate.elevenlabs.client import Client


@dataclass(frozen=True, slots=True)
class Locator:
    """A dictionary, in one version or in its newest."""

    dictionary: str
    version: str = ""

    @classmethod
    def parse(cls, text: str) -> Locator:
        """From ID or ID:VERSION."""
        dictionary, _, version = text.partition(":")
        return cls(dictionary, version)

    def body(self) -> dict[str, str]:
        version = {"version_id": self.version} if self.version else {}
        return {"pronunciation_dictionary_id": self.dictionary} | version


@dataclass(frozen=True, slots=True)
class Alias:
    """Say `alias` where `text` is written."""

    text: str
    alias: str

    def body(self) -> dict[str, str]:
        return {"type": "alias", "string_to_replace": self.text, "alias": self.alias}


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """Say these phonemes where `text` is written. Only some models listen to them."""

    text: str
    phonemes: str
    alphabet: str = "ipa"

    def body(self) -> dict[str, str]:
        return {
            "type": "phoneme",
            "string_to_replace": self.text,
            "phoneme": self.phonemes,
            "alphabet": self.alphabet,
        }


Rule = Alias | Pronunciation


def create_dictionary(client: Client, name: str, rules: Sequence[Rule]) -> Locator:
    """A new dictionary. Raises `ProviderError`."""
    body = {"name": name, "rules": [rule.body() for rule in rules]}
    return _located(client, "/v1/pronunciation-dictionaries/add-from-rules", body)


def add_rules(client: Client, dictionary: str, rules: Sequence[Rule]) -> Locator:
    """More rules in a dictionary, in place of those for the same text; its new version."""
    body = {"rules": [rule.body() for rule in rules]}
    return _located(client, f"/v1/pronunciation-dictionaries/{dictionary}/add-rules", body)


def _located(client: Client, path: str, body: Mapping[str, object]) -> Locator:
    told = client.call("POST", path, json=body).read(_Versioned)
    return Locator(told.id, told.version_id)


class _Versioned(BaseModel):
    id: str
    version_id: str
