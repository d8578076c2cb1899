"""Passwords: what will do as one, how it is kept, and how it is compared.

A hash takes 64 MB and a tenth of a second, which is its purpose. Two at a time, so that fifty people
at half past eight wait for their turn and not for a machine without memory.
"""

import string
import threading

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST, LONGEST = 8, 128
_KINDS_WANTED = 3

_WORDS = """
password passw0rd p@ssw0rd p@ssword admin123 admin@123 admin888 abc12345 abcd1234 abc@1234 aa123456
a1234567 a123456789 qwer1234 qwe123456 1qaz2wsx 1qaz@wsx zaq12wsx q1w2e3r4 woaini1314 wo12345678
test1234 root1234 root@123 huawei@123 123456aa 123456ab 12345678a office123 bangong123 office@123
"""
_COMMON = frozenset(_WORDS.split())
"""The first that anybody tries, compared without case and without a closing "!" or "."."""

_hasher = PasswordHash([Argon2Hasher()])
_turns = threading.BoundedSemaphore(2)
_NOBODY = _hasher.hash("nobody has this password")


def why_not(password: str, account: str = "") -> str | None:
    """Why this will not do as a password, in one sentence, or None."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"密码须为{SHORTEST}至{LONGEST}个字符"
    if password != password.strip():
        return "密码首尾不能是空格"
    if _kinds(password) < _KINDS_WANTED:
        return "密码须包含大写字母、小写字母、数字、其他符号中的至少三类"
    plain = password.casefold()
    if plain.rstrip("!.") in _COMMON or (account and account.casefold() in plain):
        return "密码太容易被猜到：不要用常见密码，也不要包含账号"
    return None


def hash_password(password: str) -> str:
    """What is kept of a password."""
    with _turns:
        return _hasher.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether it is the password. Takes as long when there is no such account (promise P19)."""
    with _turns:
        # Nothing longer was ever accepted; hashing a book would only be slow.
        return _hasher.verify(password[: LONGEST + 1], kept or _NOBODY) and bool(kept)


def _kinds(password: str) -> int:
    known = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
    kinds = [any(sign in kind for sign in password) for kind in known]
    return sum(kinds) + any(all(sign not in kind for kind in known) for sign in password)
