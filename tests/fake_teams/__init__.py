"""A strict Microsoft Teams: the Bot Connector over HTTP, and the people in front of it.

Everything a real tenant would refuse is refused here: a request without a right token, a card
that breaks the Adaptive Cards 1.5 schema, a message that is too large or comes too fast, a
press that an input forbids. Time is an argument, keys are made on the spot, and every token
is a real JWT. It knows nothing of the bot that it is used to test.
"""
