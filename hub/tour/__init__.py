"""One citizen's story per channel and one broadcast, played against a running demo from outside.

The tour talks HTTP and SMTP like everybody else and believes nothing: what was sent is read from
the journals of the played carrier and mail server, what was kept from the pages of the staff.
"""
