// Modules without a top-level await run in one go: no job runs between them.
// Section: sec-innermoduleevaluation

// File: entry.mjs
import './a.mjs';
import './b.mjs';
log('entry');

// File: a.mjs
Promise.resolve().then(() => log('job'));
log('a');

// File: b.mjs
log('b');

// Output:
// a
// b
// entry
// job
