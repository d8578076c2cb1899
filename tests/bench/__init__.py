"""`make bench`: how fast the program is beside its limits and its peers, in one run on one machine.

Only ratios are compared: a figure in milliseconds says more of the machine than of the program. Each
contender's answer is compared with the reference before it is timed.
"""
