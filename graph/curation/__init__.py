"""Who is the same: ``duplicates`` proposes candidates, ``review`` keeps what people decided about them."""
