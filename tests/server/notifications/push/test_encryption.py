"""What push services carry and check: the example of RFC 8291, and a signed word about who sends."""

from __future__ import annotations

from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    derive_private_key,
)

from server.notifications.push.base64url import decoded
from server.notifications.push.encryption import encrypt, uncompressed
from server.notifications.push.vapid import Vapid

# RFC 8291 §5 and Appendix A
PLAINTEXT = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
    "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_comes_out_bit_for_bit() -> None:
    sender = derive_private_key(int.from_bytes(decoded(SENDER)), SECP256R1())
    body = encrypt(PLAINTEXT, decoded(P256DH), decoded(AUTH), sender=sender, salt=decoded(SALT))
    assert body == decoded(BODY)


def test_signed_word_names_the_service_and_is_checked_with_the_key_beside_it() -> None:
    vapid, now = Vapid(SENDER, "mailto:a@example.org"), datetime(2026, 11, 23, 12, tzinfo=UTC)
    scheme, _, parts = vapid.authorization("https://push.example.org:8443/send/1?x=2", now).partition(" ")
    found = dict(part.strip().split("=", 1) for part in parts.split(","))
    assert (scheme, found["k"]) == ("vapid", vapid.public_key)
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decoded(found["k"]))
    claims = jwt.decode(
        found["t"],
        key,
        algorithms=["ES256"],
        audience="https://push.example.org:8443",
        options={"verify_exp": False},
    )
    assert claims["sub"] == "mailto:a@example.org"
    assert claims["exp"] - now.timestamp() <= 24 * 3600


def test_public_key_is_the_point_that_browsers_take() -> None:
    key = decoded(Vapid(SENDER, "mailto:a@example.org").public_key)
    assert (len(key), key[0]) == (65, 4)
    assert key == uncompressed(EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key))


@pytest.mark.parametrize("text", ["a b", "a", "ä"])
def test_what_is_no_base64url_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decoded(text)
