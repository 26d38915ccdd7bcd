"""Opens a DOCX file that is protected by a password (MS-OFFCRYPTO), through msoffcrypto-tool.

Such a file is no ZIP archive but a compound file (MS-CFB): it holds the encrypted archive and
how the key follows from the password. All of it is hostile until it has been decrypted, and
olefile by itself follows chains that never end, so the container is read strictly first.
"""

from __future__ import annotations

import io
import logging
from typing import Any

from msoffcrypto.exceptions import InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method import ecma376_agile
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from olefile import DEFECT_INCORRECT, OleFileIO

from ingest.docx_xml import parse_xml
from ingest.errors import LockedFileError, ReadError

_KEYS = "EncryptionInfo"
_PACKAGE = "EncryptedPackage"
# Word writes 1 to 3 KiB.
_LONGEST_KEYS = 64 * 1024
# What begins the stream before its XML: two version numbers and flags (MS-OFFCRYPTO 2.3.4.10).
_AGILE = b"\x04\x00\x04\x00"
_PREFIX = 8
_SECTORS = (512, 4096)
# In the file's header; more are listed elsewhere.
_USUAL_TABLES = 109
# Word uses three to ten of four entries each.
_MOST_DIRECTORY = 256

# It writes the password there when the root logger asks for everything.
logging.getLogger("msoffcrypto").setLevel(logging.CRITICAL)


class _Container(OleFileIO):  # type: ignore[misc]
    """A compound file whose tables are no longer than its own size explains."""

    def loadfat(self, header: bytes) -> None:
        if self.sector_size not in _SECTORS:
            raise OSError("its sectors have an unknown size")
        needed = self.nb_sect // (self.sector_size // 4)
        if self.num_fat_sectors > 2 * needed + _USUAL_TABLES:
            raise OSError("its allocation table is longer than the file")
        super().loadfat(header)

    def loaddirectory(self, sect: int) -> None:
        at = sect
        for _ in range(_MOST_DIRECTORY):
            if at >= len(self.fat):
                break
            at = self.fat[at]
        else:
            raise OSError("its directory is too long")
        super().loaddirectory(sect)


def unlock(data: bytes, name: str, password: str | None) -> bytes:
    """Return the DOCX file inside the compound file `data`, never longer than that is.

    Raises:
        LockedFileError: there is no password, or it is the wrong one.
        ReadError: the file is damaged, or encrypted in a way that no password opens.
    """
    if password is None:
        raise LockedFileError(
            f"{name}: the Word document is protected by a password; give it with --password"
        )
    try:
        return _decrypt(data, name, password)
    except (InvalidKeyError, UnicodeEncodeError):
        # Neither may be chained: the second one holds the password.
        raise LockedFileError(
            f"{name}: the password does not open this protected Word document"
        ) from None
    except ReadError:
        raise
    except Exception as error:  # they raise whatever they stumble over in a damaged file
        raise ReadError(
            f"{name}: the protected Word document is damaged or was cut short, or is encrypted "
            "in an unknown way; copy it again, or save it in Word without its password"
        ) from error


def _decrypt(data: bytes, name: str, password: str) -> bytes:
    _require_sound(data, name)
    file: Any = OOXMLFile(io.BytesIO(data))
    if not password:
        raise InvalidKeyError
    if file.type == "agile":
        file.load_key(secret_key=_derive_key(file.info, password))
    else:
        file.load_key(password=password)
    target = io.BytesIO()
    file.decrypt(target)
    return target.getvalue()


def _derive_key(info: dict[str, Any], password: str) -> bytes:
    """Return the key of the agile encryption (MS-OFFCRYPTO 2.3.4.11 to 2.3.4.13).

    The library's own way neither lengthens a hash that is shorter than the key, as that of
    Word 2010 with AES-256 is, nor cuts a padded key.
    """
    digest, size = info["passwordHashAlgorithm"], info["passwordKeyBits"] // 8
    hashed = ECMA376Agile._derive_iterated_hash_from_password(  # noqa: SLF001 - no public way
        password, info["passwordSalt"], digest, info["spinValue"]
    ).digest()
    derived = ecma376_agile._get_hash_func(digest)(  # noqa: SLF001 - no public way
        hashed + ecma376_agile.blkKey_encryptedKeyValue
    ).digest()
    key: bytes = ecma376_agile._decrypt_aes_cbc(  # noqa: SLF001 - no public way
        info["encryptedKeyValue"], derived[:size].ljust(size, b"\x36"), info["passwordSalt"]
    )
    return key[:size]


def _require_sound(data: bytes, name: str) -> None:
    """Read all that will be decrypted, so that what is wrong with its container is found here.

    The hash of Office 2010 (SHA-1) is one that msoffcrypto-tool cannot verify a password by;
    whether an archive comes out tells as much.
    """
    with _Container(io.BytesIO(data), raise_defects=DEFECT_INCORRECT) as container:
        if not container.exists(_KEYS):
            raise LockedFileError(
                f"{name}: the Word document is encrypted for certain people (rights management) "
                "and no password opens it; save a copy without protection in Word"
            )
        container.openstream(_PACKAGE).close()
        with container.openstream(_KEYS) as stream:
            keys = stream.read(_LONGEST_KEYS + 1)
    if len(keys) > _LONGEST_KEYS:
        raise OSError("far too many keys")
    if keys.startswith(_AGILE):
        parse_xml(keys[_PREFIX:], _KEYS, name)
