"""Decides: policy, conversations, assessment, duties, ladders, words.

Everything in this package is pure. There is no await, no file, no network and no clock:
time, policy and answers are arguments, and what should happen is the return value.
"""
