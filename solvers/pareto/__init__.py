"""Several objectives without a ranking: the front of all compromises of which none is better in everything."""
