"""Sets of questions with known answers: read, asked over the whole product, judged, summed up."""
