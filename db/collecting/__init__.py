"""Collecting from outside: looking at what is due, source by source, and taking in what they bring (R57, R91).

Nobody is called while no source is switched on (P32), and only hosts of the office's own list ever are.
"""
