"""Pullbook's Python side: one catalogue in, four faces out.

Follow a paste through it in this order: `paste` (text to messages), `masking` (messages to
tokens), `index` (tokens to matching templates), `matcher` (matches to a diagnosis), `runbook`
(a diagnosis to a section with commands). `catalogue` loads what all of them read; `app`, `cli`
and `hooks` are the three hosts.
"""
