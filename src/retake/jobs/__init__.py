"""Many films: rows of data in, a film or a named failure for each, resumable at any moment.

`batch.run_batch` is the way on one page: rows are read and checked, a ledger says which are still to be made,
worker processes make them, and the results and a contact sheet are written from the ledger.
"""
