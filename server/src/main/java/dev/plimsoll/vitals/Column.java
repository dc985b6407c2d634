package dev.plimsoll.vitals;

/** What one value of each row of a {@link Series} is. */
record Column(String name, Fold fold) {}
