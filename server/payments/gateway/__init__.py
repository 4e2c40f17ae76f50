"""The payment provider, as the rest of the platform sees it: a few calls and plain answers.

The only package that imports the `stripe` library.
"""
