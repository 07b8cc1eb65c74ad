// Modules that wait for the same awaiting module run in the order in which they would have run without it.
// Section: sec-gather-available-ancestors

// File: entry.mjs
import './a.mjs';
import './b.mjs';
log('entry');

// File: a.mjs
import './shared.mjs';
import './sync.mjs';
log('a');

// File: b.mjs
import './shared.mjs';
log('b');

// File: shared.mjs
log('shared 1');
await 0;
log('shared 2');

// File: sync.mjs
log('sync');

// Output:
// shared 1
// sync
// shared 2
// a
// b
// entry
