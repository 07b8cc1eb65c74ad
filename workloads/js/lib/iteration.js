// For style for-await: engines without async iteration have no symbol for it
// either, and lowered code then looks for this one.
const asyncIterator = Symbol.asyncIterator || Symbol.for('Symbol.asyncIterator');
