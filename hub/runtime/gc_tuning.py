"""The garbage collector of a process that serves for months.

What is there once it runs (code, catalogues, the knowledge base) stays for good. Looking through it
again and again costs 5 to 10 % of the time under load, in pauses of some 60 ms. What only passed through
while it was loaded goes back to the system: some 6 MB, which glibc would keep for later.
"""

from __future__ import annotations

import ctypes
import gc
import sys


def spare_the_collector() -> None:
    """Call it once, when everything is loaded and nothing but requests is to come."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    if sys.platform == "linux":
        give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
        if give_back is not None:
            give_back(0)
