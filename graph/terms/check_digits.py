"""Identifiers that end with two check digits: whether these fit (ISO 7064, MOD 97-10)."""

from __future__ import annotations

# Base 32 without the letters I, L, O and U, which are taken for digits or for words.
_ROR_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"


def lei_fits(lei: str) -> bool:
    """Say whether the check digits of an LEI fit: its 20 digits and capitals, A read as 10 and Z as 35 (ISO 17442)."""
    return int("".join(str(int(sign, 36)) for sign in lei)) % 97 == 1


def ror_fits(ror: str) -> bool:
    """Say whether the check digits of a ROR fit: 0, six signs of base 32 and two digits, such as ``01swzsf04``."""
    number = 0
    for sign in ror[:-2]:
        number = 32 * number + _ROR_SIGNS.index(sign)
    return (100 * number + int(ror[-2:])) % 97 == 1
