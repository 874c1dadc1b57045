package cost

// Raced tells whether nothing is measured.
const Raced = raced
