"""A letter: one message in words, ready to be sent by any channel."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    message_id: str
    name: str
    email: str
    subject: str  # one line
    body: str
    short: str  # for WhatsApp and others that take little; SHORT characters at most
    html: str = ""  # the body once more, for mail; empty = plain text only
    gist: str = ""  # the short text without the message id, for a digest


SHORT = 1024
