"""The parts of the page of the schedule, each drawn from the same diary."""
