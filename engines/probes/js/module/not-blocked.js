// Module D imports B, which awaits, and C: C is not held up by B, D gets what B exports, and the script's own order holds.
// Section: sec-async-module-execution-fulfilled

// File: d.mjs
import { value } from './b.mjs';
import './c.mjs';
log('D with ' + value);

// File: b.mjs
log('B1');
export const value = await new Promise(resolve => setTimeout(() => resolve('the value of B'), 10));
log('B2');

// File: c.mjs
log('C');
Promise.resolve().then(() => log('job of C'));

// Output:
// B1
// C
// job of C
// B2
// D with the value of B
