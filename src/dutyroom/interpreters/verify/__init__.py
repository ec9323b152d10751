"""Whether somebody with authority always takes it in time: a proof of cover, or every minimal counterexample.

The real `decide` and `settle` run every ladder of the plan; there is no rule here. `verify` proves, `prove` keeps what
it learnt so that `reprove` need only look at what a changed shift or phone touches.
"""

from dutyroom.interpreters.verify.proving import Proved, prove, reprove, verify

__all__ = ["Proved", "prove", "reprove", "verify"]
