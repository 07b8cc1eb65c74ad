const sums = {
  async pages(i) {
    let sum = i;
    for (let page = 0; page !== null;) {
      const answer = await fetchPage(i, page);
      for (let k = 0; k < answer.items.length; k++) sum = mix(sum, answer.items[k]);
      page = answer.next;
    }
    return sum;
  },

  async fibonacci(i) {
    let sum = i;
    let a = i;
    let b = i + 1;
    for (let taken = 1; ; taken++) {
      sum = mix(sum, a);
      if (taken === params.terms) return sum;
      const next = await add(a, b);
      a = b;
      b = next;
    }
  },
};

function operation(i) { return sums[params.kind](i); }
