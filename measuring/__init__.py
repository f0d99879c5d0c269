"""What measures the program and is no part of it: an office runs without this folder, and nothing in ``app`` imports it.

``bench`` measures speed, ``load`` plays the minute before a deadline, ``conformance`` runs the cases of the DMN TCK,
``mutants`` puts faults into the code and sees whether the tests notice.
"""
