"""Whether two formulations are the same problem: a verdict with a certificate, a witness, or the reason for neither."""
