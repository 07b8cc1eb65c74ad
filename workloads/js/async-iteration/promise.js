const sums = {
  pages(i) {
    let sum = i;
    function take(page) {
      return fetchPage(i, page).then((answer) => {
        for (let k = 0; k < answer.items.length; k++) sum = mix(sum, answer.items[k]);
        return answer.next === null ? sum : take(answer.next);
      });
    }
    return take(0);
  },

  fibonacci(i) {
    let sum = i;
    function take(taken, a, b) {
      sum = mix(sum, a);
      if (taken === params.terms) return sum;
      return add(a, b).then((next) => take(taken + 1, b, next));
    }
    return take(1, i, i + 1);
  },
};

function operation(i) { return sums[params.kind](i); }
