"""Runs: use cases, ports, loops, settings, wiring, command line.

Flows decide, bot runs, storage remembers, adapters translate, wiring joins.

    conversations   one press -> one screen; nothing is written before the employee sends
    filing          the report, written once however often it is sent
    help_calls      help now: called, answered, over
    duties          a press on a card -> a new state of a duty, in one transaction
    nudges          a due clock -> the next rung, in one transaction
    deliveries      an owed card or message -> the platform, and what became of it
    worker          the loop around the three above
    views           a case as the desk, a site or the reporter may see it
"""
