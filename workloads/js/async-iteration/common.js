// Async iteration: a sequence whose elements come one after the other.
//
// params.kind: pages or fibonacci.
// params.pages, params.size: how many pages there are and how many items a page has.
// params.terms: how many terms of the sequence are taken.

function mix(value, n) { return (value * 31 + n) | 0; }

// fetchPage is an asynchronous step: it yields a page with its items and the
// number of the next one, or null.
function fetchPage(i, page, done) {
  const items = [];
  for (let k = 0; k < params.size; k++) items.push(mix(i, page * params.size + k));
  return settle(null, { items: items, next: page + 1 < params.pages ? page + 1 : null }, done);
}

// add is an asynchronous step.
function add(a, b, done) { return settle(null, (a + b) | 0, done); }
