"""The identity store: names and identifiers by person number, encrypted.

It is opened by the commands that have the key (build, who, review, forget, take-units, unseal), and never by the
dashboard.

Each build writes a folder of its own, named as the build is, so that a build that dies leaves the one in use as it
was. A file is AES-256-GCM over Parquet; the key is stretched from a pass phrase and is never written.
"""

import io
import os
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

KEY_VARIABLE = "PPO_IDENTITY_KEY"
SYNTHETIC_KEY = "synthetic people only: this key protects nobody and is not for real extracts"
_SALT, _NONCE = 16, 12
REGISTRY = {"identifier": pl.String, "person_id": pl.Int32}


class IdentityKeyMissing(PermissionError):
    """A real extract, or a store made from one, was met without the key."""


class IdentityKeyWrong(PermissionError):
    """The store could not be opened with the key given."""


@dataclass(frozen=True)
class IdentityStore:
    """A folder of encrypted files and the key to them."""

    folder: Path
    key: str

    def write(self, build_id: str, name: str, content: bytes) -> None:
        """Encrypt one file of a build, readable by its owner only."""
        salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
        sealed = AESGCM(_stretch(self.key, salt)).encrypt(nonce, content, name.encode())
        folder = self.folder / build_id
        # Each by itself: folders made on the way to another are open to everybody.
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True, mode=0o700)
        descriptor = os.open(folder / f"{name}.sealed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(salt + nonce + sealed)
            file.flush()
            os.fsync(file.fileno())

    def read(self, build_id: str, name: str) -> bytes:
        """Return the content of one file. Raises FileNotFoundError or IdentityKeyWrong."""
        text = (self.folder / build_id / f"{name}.sealed").read_bytes()
        salt, nonce, sealed = text[:_SALT], text[_SALT : _SALT + _NONCE], text[_SALT + _NONCE :]
        try:
            return AESGCM(_stretch(self.key, salt)).decrypt(nonce, sealed, name.encode())
        except InvalidTag:
            raise IdentityKeyWrong(
                f"The identity store does not open with this key: set {KEY_VARIABLE} to the key it was made with."
            ) from None

    def write_frame(self, build_id: str, name: str, frame: pl.DataFrame) -> None:
        """Encrypt one table of a build."""
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        self.write(build_id, name, buffer.getvalue())

    def read_frame(self, build_id: str, name: str) -> pl.DataFrame:
        """Return one table of a build."""
        return pl.read_parquet(io.BytesIO(self.read(build_id, name)))

    def registry(self, build_id: str | None) -> pl.DataFrame:
        """Return `identifier, person_id` as a build left them, or none before the first."""
        if build_id is None or not (self.folder / build_id / "registry.sealed").is_file():
            return pl.DataFrame(schema=REGISTRY)
        return self.read_frame(build_id, "registry")

    def released(self, build_id: str | None) -> pl.DataFrame | None:
        """Return the record of what a build published, or None where there is none."""
        if build_id is None or not (self.folder / build_id / "release.sealed").is_file():
            return None
        return self.read_frame(build_id, "release")


def _stretch(key: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(key.encode())


def default_folder(builds: Path) -> Path:
    """Return where identities are kept when nobody says: beside the builds folder, never in it."""
    return Path(builds).resolve().parent / f"{Path(builds).resolve().name}-identity"


def identity_store(builds: Path, synthetic: bool, folder: Path | None = None) -> IdentityStore:
    """Return the store of a builds folder, with the key from the environment.

    Synthetic people need no key. Raises IdentityKeyMissing for real ones without one.
    """
    key = os.environ.get(KEY_VARIABLE, "")
    if not key and not synthetic:
        raise IdentityKeyMissing(
            "These are real people (their extracts are not marked `synthetic = true` in manifest.toml): set"
            f" {KEY_VARIABLE} to the pass phrase of their identity store; before a first build, choose a long one and"
            " keep it apart from the data."
        )
    return IdentityStore(folder or default_folder(builds), key or SYNTHETIC_KEY)


def open_identities(builds: Path, folder: Path | None = None) -> pl.DataFrame:
    """Return who each person of the current build is, one row per record an agency sent.

    Columns `person_id, source, record, surname, forenames, date_of_birth, ...`: personal data, to be shown on the
    machine that holds the key and nowhere else.
    """
    from queries.warehouse import current_build, read_stamp

    build = read_stamp(current_build(builds))
    return identity_store(builds, build.synthetic, folder).read_frame(build.id, "people")
