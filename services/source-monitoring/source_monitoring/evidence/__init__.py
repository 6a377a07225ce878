"""Files given as evidence: uploaded once, attached to marks, checks, results, corrections; never changed afterwards."""
