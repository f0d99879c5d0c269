"""How far a standard is carried out: the cases of the DMN TCK (``tck``), and Java's methods that they call (``java``)."""
