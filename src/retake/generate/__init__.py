"""Making what a film needs: speech, pictures, music, each behind a port, by adapters found by name.

`ports` says what is asked and returned, `providers` finds adapters, `make` is the one mechanism around all
of them: store, attempts, contract, fallback, usage. `espeak`, `painted` and `bed` are the adapters that need
no key.
"""
