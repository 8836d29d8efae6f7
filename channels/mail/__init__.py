"""E-mail: out by SMTP, in behind the organisation's own mail server by SMTP or LMTP."""
