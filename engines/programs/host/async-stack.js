// The stack of an error names the async functions that wait for the one that threw it, across awaits and Promise.all.
// Section: https://v8.dev/docs/stack-trace-api#async-stack-traces
// Needs: async-await

async function innermost() { await null; throw new Error('for its stack'); }
async function between() { await innermost(); }
async function outermost() { await between(); }
outermost().catch(e => {
  if (String(e.stack).includes('outermost')) log('traced');
  else log('absent: the stack does not show async callers, which no specification demands');
});

// Output:
// traced
