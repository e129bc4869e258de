"""`make bench`: how fast matching is, against an empty Flask call and beside other engines."""
