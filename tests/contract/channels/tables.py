"""The adapters on the bench. A new adapter's table is added here."""

from __future__ import annotations

from tests.contract.channels import twilio_sms, twilio_voice

RECEIVERS = (twilio_sms.RECEIVER, twilio_voice.RECEIVER)
SENDERS = (twilio_sms.SENDER,)
