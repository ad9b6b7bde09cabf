"""Check digits: identifiers of the authorities fit, and one sign exchanged is noticed."""

from __future__ import annotations

import pytest

from communique.graph.terms.check_digits import lei_fits, ror_fits

# Of Deutsche Bank, Apple and an organization of the fixtures; of CERN, Harvard and a body of the fixtures.
LEIS = ("7LTWFZYICNSX8D621K86", "HWUPKR0MPOU8FGXBT394", "506700GE1G29325QX363")
RORS = ("01ggx4157", "03vek6s52", "01swzsf04")


@pytest.mark.parametrize("lei", LEIS)
def test_an_lei_fits_and_with_another_sign_it_does_not(lei: str) -> None:
    assert lei_fits(lei)
    others = {
        lei[:place] + sign + lei[place + 1 :] for place in range(20) for sign in "0123456789" if lei[place].isdigit()
    }
    assert not any(map(lei_fits, others - {lei}))


@pytest.mark.parametrize("ror", RORS)
def test_a_ror_fits_and_with_another_sign_it_does_not(ror: str) -> None:
    assert ror_fits(ror)
    others = {
        ror[:place] + sign + ror[place + 1 :] for place in range(1, 7) for sign in "0123456789abcdefghjkmnpqrstvwxyz"
    }
    assert not any(map(ror_fits, others - {ror}))
    assert not ror_fits(ror[:-2] + f"{int(ror[-2:]) ^ 1:02}")
