"""The seeded generator of the synthetic case data: the same seed gives the same bytes on any machine.

One simulated region (:mod:`.region`) holds organisations and people; each theme draws its data sets from it in a
module of its own. Run ``python -m data.generate`` from the top folder of the repository.
"""
