"""The aid zone: what stands in it and why, found by zone, category, village and words."""
