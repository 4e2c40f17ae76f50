"""A stand-in for Stripe: a process of its own that speaks the part of its HTTP API that we use.

It keeps what it is told, sends signed webhooks, knows Stripe's test cards, and makes the mistakes that
networks make when it is asked to. It imports nothing of ours. Shapes and codes are those of Stripe's API
reference; what it leaves out is what we don't read.
"""
