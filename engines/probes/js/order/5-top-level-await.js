// A module that awaits at its top level does not hold up its sibling, only who imports it.
// Section: sec-innermoduleevaluation

// File: z.mjs
import './x.mjs';
import './y.mjs';
log('Z');

// File: x.mjs
log('X1');
await new Promise(resolve => setTimeout(resolve, 1000));
log('X2');

// File: y.mjs
log('Y');

// Output:
// X1
// Y
// X2
// Z
