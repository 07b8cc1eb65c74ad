// The items of all pages: who takes them sees no pages.
async function* pages(i) {
  for (let page = 0; page !== null;) {
    const answer = await fetchPage(i, page);
    for (let k = 0; k < answer.items.length; k++) yield answer.items[k];
    page = answer.next;
  }
}

// It has no end: who takes of it stops.
async function* fibonacci(i) {
  let a = i;
  let b = i + 1;
  for (;;) {
    yield a;
    const next = await add(a, b);
    a = b;
    b = next;
  }
}

const sums = {
  async pages(i) {
    let sum = i;
    for await (const item of pages(i)) sum = mix(sum, item);
    return sum;
  },

  async fibonacci(i) {
    let sum = i;
    let taken = 0;
    for await (const term of fibonacci(i)) {
      sum = mix(sum, term);
      if (++taken === params.terms) break;
    }
    return sum;
  },
};

function operation(i) { return sums[params.kind](i); }
