package heft

// Version is this release. Trained weights carry it in their recipe.
const Version = "0.1.0"
