// Stack: an error thrown below five awaits and caught above them, which is
// what async stack traces are for.
//
// params.read: its stack is read, which makes engines build the text.

function boom(i) { return Object.assign(new Error('below'), { result: (i * 31) | 0 }); }

function caught(error) {
  if (params.read && typeof error.stack !== 'string') return 0;
  return error.result;
}
